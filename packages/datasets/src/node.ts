/** What needs files or the network, for Node: `@hurwitz/datasets/node`. The main entry runs in browsers too. */
export {
  type DownloadProgress,
  type FetchedDataset,
  type FetchOptions,
  fetchDataset,
} from './fetch-dataset.js';
export { type CmuMocapOptions, loadCmuMocap, type MotionCorpus } from './load-cmu-mocap.js';
export { loadMnist } from './load-mnist.js';
export { loadWarAndPeace } from './load-war-and-peace.js';
export { loadPTB, loadWikiText2 } from './load-word-corpus.js';
