// How V8 settles shapes -> how many objects a warm-up makes before it counts on their code.

/**
 * V8 settles the shape of what one place in the code makes with the second object, and that of a class with the eighth
 * (slack tracking). Code that was compiled before that is thrown away with the shape.
 */
export const SETTLED_OBJECTS = 9;
