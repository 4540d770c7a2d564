// What assembly/compile.mjs generates beside this file: the two builds of the kernels in base64.
export const plain: string;
export const relaxed: string;
