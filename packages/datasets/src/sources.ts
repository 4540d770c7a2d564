/** One file of a data set as it is published. */
export interface SourceFile {
  /** A plain file name: letters, digits and `. _ + -`. */
  readonly name: string;
  /** Bytes of the published file. A download stops when there are more (see `fetchDataset`). */
  readonly size: number;
  /** SHA-256 of the published file, hexadecimal. */
  readonly sha256: string;
  /** SHA-256 of its content when it is a gzip file: tells a repacked copy from a damaged one. */
  readonly unpackedSha256?: string;
  /** Bytes of that content; 256 MiB at most are looked at without it. */
  readonly unpackedSize?: number;
}

/** Where a data set is published, and how to know that a download is it. */
export interface DatasetSource {
  readonly name: string;
  /** Each followed by a file's name gives its address; tried in this order. */
  readonly mirrors: readonly string[];
  readonly files: readonly SourceFile[];
}

/** The data sets that can be downloaded by name. */
export const datasetSources = {
  /** LeCun, Cortes and Burges: 60,000 + 10,000 images of handwritten digits. */
  mnist: {
    name: 'mnist',
    mirrors: [
      'https://ossci-datasets.s3.amazonaws.com/mnist/',
      'https://storage.googleapis.com/cvdf-datasets/mnist/',
    ],
    files: [
      {
        name: 'train-images-idx3-ubyte.gz',
        size: 9912422,
        sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
        unpackedSize: 47040016,
        unpackedSha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      },
      {
        name: 'train-labels-idx1-ubyte.gz',
        size: 28881,
        sha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
        unpackedSize: 60008,
        unpackedSha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      },
      {
        name: 't10k-images-idx3-ubyte.gz',
        size: 1648877,
        sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
        unpackedSize: 7840016,
        unpackedSha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      },
      {
        name: 't10k-labels-idx1-ubyte.gz',
        size: 4542,
        sha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
        unpackedSize: 10008,
        unpackedSha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
      },
    ],
  },
} as const satisfies Record<string, DatasetSource>;

/** A name in `datasetSources`. */
export type DatasetName = keyof typeof datasetSources;
