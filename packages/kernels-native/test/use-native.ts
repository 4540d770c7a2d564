/** Before the tests of another package: native code is a device, and HURWITZ_KERNELS says to use it. */
import '../src/index.js';
