export { type BackendChoice, backendChoices } from './backend/backend-choices.js';
export { type Gpu, nvidiaGpus, whyNoGpu } from './backend/gpu.js';
export { problem, type SelectedBackend, selectBackend } from './backend/select-backend.js';
export {
  type LoadedTfjsNode,
  loadTfjsNode,
  type TfjsNode,
  type TfjsNodeName,
  tfjsNodePackages,
  withoutChatter,
} from './backend/tfjs-node.js';
