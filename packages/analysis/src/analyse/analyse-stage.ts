import { DynamicalLayer } from '@hurwitz/cells';
import type { Section, Stage } from '@hurwitz/training';
import type { LayersModel, RNN } from '@tensorflow/tfjs-layers';
import { type AlongTestData, alongTestData } from './along-test-data.js';
import { analyseDynamical, type DynamicalAnalysis } from './analyse-dynamical.js';
import { analyseGated, type GatedAnalysis } from './analyse-gated.js';
import { dynamicalFigures, gatedFigures } from './analysis-figures.js';
import { dynamicalSystem } from './dynamical-system.js';
import { dynamicalTopics } from './dynamical-topics.js';
import type { Topic } from './findings.js';
import { gatedTopics } from './gated-topics.js';

/** The analysis of one stage: numbers, the same in words, and figures. */
export interface StageAnalysis {
  name: string;
  title: string;
  analysis: DynamicalAnalysis | GatedAnalysis;
  along: AlongTestData;
  topics: Topic[];
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
    const topics = dynamicalTopics(analysis, along);
    return { name, title, analysis, along, topics, figures: await dynamicalFigures(name, analysis, along) };
  }
  const along = alongTestData(stage, layer);
  const family = layer.cell.getClassName() === 'LSTMCell' ? 'lstm' : 'gru';
  const analysis = analyseGated(layer, family, along);
  const topics = gatedTopics(analysis, along);
  return { name, title, analysis, along, topics, figures: await gatedFigures(name, analysis, along) };
}
