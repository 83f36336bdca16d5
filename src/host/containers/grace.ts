/** What engines give a container to end, where neither it nor whoever stops it says otherwise. */
export const graceSecondsDefault = 10
