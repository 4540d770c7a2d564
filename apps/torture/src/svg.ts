/** The least that is a figure. */
export const figure = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';
