export const en = {
  when: { running: 'While it runs', down: 'While it is stopped', after: 'Afterwards' },
  commit: 'From here on the new version stays.',
  back: 'The way back, checked',
  states: {
    pending: 'to come',
    unreached: 'not reached',
    running: 'under way',
    done: 'done',
    failed: 'failed',
    undone: 'put back',
    skipped: 'not needed',
  },
  log: (lines: number) => (lines === 1 ? '1 line of its log' : `${lines} lines of its log`),
  progress: 'Progress',
  of: (done: string, total: string) => `${done} of ${total}`,
}
