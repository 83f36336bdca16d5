/** A person went away from work that is still under way: nothing of it may be closed or waited for any more. */
export class LeftBehind extends Error {}
