import { registerDevice } from '@hurwitz/kernels';
import { nativeDevice } from './device.js';

registerDevice(nativeDevice);

export { nativeDevice } from './device.js';
export {
  type NativeCapabilities,
  type NativeMemory,
  nativeCapabilities,
  nativeMemory,
  nativeMultiplyAddRate,
} from './host.js';
