import { z } from 'zod';

/** What settings of experiments are made of. */
export const count = z.int().positive();
export const counts = z.array(count).min(1);
export const positive = z.number().positive();
export const nonnegative = z.number().nonnegative();
