import { InputError } from '@hurwitz/input';

/** Bad input to a cell or layer: says who noticed, what was expected, what came and what to do. */
export class CellError extends InputError {
  override readonly name: string = 'CellError';
}

/** The weights were asked for before the layer had any. */
export class NotBuiltError extends CellError {
  override readonly name = 'NotBuiltError';

  constructor(where: string) {
    super(
      where,
      'a layer with weights',
      'one that has not been built',
      'Use it in a model, or call build first.',
    );
  }
}

/** A layer that the tangent of a model cannot go through, or that holds no recurrence. */
export class UnsupportedLayerError extends CellError {
  override readonly name = 'UnsupportedLayerError';

  constructor(
    where: string,
    expected: string,
    /** Name and class of the layer. */
    readonly layer: { name: string; className: string },
    fix: string,
  ) {
    super(where, expected, `${layer.className} '${layer.name}'`, fix);
  }
}

/** Files that hold no model, or not the one that was saved. */
export class ModelFileError extends CellError {
  override readonly name = 'ModelFileError';
}
