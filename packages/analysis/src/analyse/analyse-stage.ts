import { DynamicalLayer } from '@hurwitz/cells';
import type { Section, Stage } from '@hurwitz/training';
import type { LayersModel, RNN } from '@tensorflow/tfjs-layers';
import { type AlongTestData, alongTestData } from './along-test-data.js';
import { analyseDynamical, type DynamicalAnalysis } from './analyse-dynamical.js';
import { analyseGated, type GatedAnalysis } from './analyse-gated.js';
import { dynamicalFigures, gatedFigures } from './analysis-figures.js';
import { dynamicalParts } from './dynamical-parts.js';
import { dynamicalSystem } from './dynamical-system.js';
import type { Part } from './findings.js';
import { gatedParts } from './gated-parts.js';

/** The analysis of one stage: numbers, the same in words, and figures. */
export interface StageAnalysis {
  name: string;
  title: string;
  analysis: DynamicalAnalysis | GatedAnalysis;
  along: AlongTestData;
  parts: Part[];
  figures: NonNullable<Section['figures']>;
}

/** Analyses the recurrent layer of a stage's trained model. */
export async function analyseStage(stage: Stage, trained: LayersModel): Promise<StageAnalysis> {
  const layer = trained.getLayer(stage.layer.name) as RNN;
  const { name, title } = stage;
  if (layer instanceof DynamicalLayer) {
    const system = dynamicalSystem(layer);
    const along = alongTestData(stage, layer);
    const analysis = analyseDynamical(layer, system, along);
    const parts = dynamicalParts(analysis, along);
    return { name, title, analysis, along, parts, figures: await dynamicalFigures(name, analysis, along) };
  }
  const along = alongTestData(stage, layer);
  const family = layer.cell.getClassName() === 'LSTMCell' ? 'lstm' : 'gru';
  const analysis = analyseGated(layer, family, along);
  const parts = gatedParts(analysis, along);
  return { name, title, analysis, along, parts, figures: await gatedFigures(name, analysis, along) };
}
