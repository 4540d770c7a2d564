import { Fault, Field } from '../../src/lyapunov/fields';
import { nextTask } from '../shared/job';
import { field, ofTrajectory, resetScratch } from './job';
import { linearise, locateLinearisation } from './linearise';
import { keepInRange, locateFactorisation, orthonormalise, selectFrame } from './orthonormalise';
import { locateTangents, pushFrame } from './tangents';

/** Takes trajectories of the current job until none is left. */
export function workOnTrajectories(): void {
  resetScratch();
  locateLinearisation();
  locateTangents();
  locateFactorisation();
  const tasks = field(Field.tasks);
  for (let index = nextTask(); index < tasks; index = nextTask()) {
    selectFrame(index);
    if (field(Field.single)) run<f32>(index);
    else run<f64>(index);
  }
}

/** One step of a trajectory, the factorisation after it, or both. */
function run<T>(trajectory: usize): void {
  const factorises = field(Field.factorise);
  if (field(Field.step)) {
    const state = ofTrajectory(Field.state, Field.stateEach, trajectory);
    linearise<T>(state, ofTrajectory(Field.inputs, Field.inputsEach, trajectory));
    if (!isFiniteVector(state)) return report(trajectory, Fault.state);
    pushFrame<T>();
    if (!factorises && !keepInRange<T>()) return report(trajectory, Fault.tangent);
  }
  if (factorises && !orthonormalise<T>(field(Field.afterOneStep) != 0)) report(trajectory, Fault.tangent);
}

function isFiniteVector(state: usize): bool {
  for (const end = state + field(Field.stateSize) * 8; state < end; state += 8) {
    if (!isFinite(load<f64>(state))) return false;
  }
  return true;
}

function report(trajectory: usize, fault: Fault): void {
  store<u32>(field(Field.faults) + (trajectory << 2), fault);
}
