import { expect, test } from 'vitest'
import { parseCron, shortestGap, timesPerDay } from './cron.ts'

const scheduleOf = (line: string) => {
  const result = parseCron(line)
  if ('schedule' in result) return result.schedule
  throw new Error(`${line}: ${result.fault}`)
}

test.each([
  ['0 3 * * *', { minutes: [0], hours: [3], days: null, months: null, weekdays: null }],
  ['*/20 22-23,0 1,15 jan-mar *', { minutes: [0, 20, 40], hours: [0, 22, 23], days: [1, 15], months: [1, 2, 3] }],
  ['5-59/15 0 * * MON-fri', { minutes: [5, 20, 35, 50], weekdays: [1, 2, 3, 4, 5] }],
  ['0 0 * * 5-7', { weekdays: [0, 5, 6] }],
  ['0 0 * * */2', { weekdays: [0, 2, 4, 6] }],
  ['0 0 */1 */1 *', { days: null, months: null, weekdays: null }],
  ['  @Daily ', { line: '0 0 * * *', minutes: [0], hours: [0] }],
  ['@weekly', { line: '0 0 * * 0', weekdays: [0] }],
  ['0\t3  * * *', { line: '0 3 * * *' }],
])('when the line is %s then these are its times', (line, expected) => {
  expect(scheduleOf(line)).toMatchObject(expected)
})

test.each([
  ['0 3 * *', 'it has not five fields'],
  ['0 0 3 * * *', 'it has six fields, and seconds are none of them'],
  ['', 'it has not five fields'],
  ['@reboot', '"@reboot" has no time of its own'],
  ['60 3 * * *', '"60" is no minute: 0 to 59'],
  ['0 24 * * *', '"24" is no hour: 0 to 23'],
  ['0 3 0 * *', '"0" is no day: 1 to 31'],
  ['0 3 * mai *', '"mai" is no month: 1 to 12'],
  ['0 3 L * *', '"L" is no day'],
  ['0 3 * * 1#2', '"1#2" is no weekday'],
  ['0 3 ? * *', '"?" is no day'],
  ['0 22-5 * * *', '"22-5" ends before it begins'],
  ['5/15 3 * * *', '"5/15" has a step and no range'],
  ['*/0 3 * * *', '"*/0" is no step of the minute'],
  ['0 3 31 2 *', 'that day never comes'],
  ['0 3 */2 * 1', 'day "*/2" with weekday "1" means one thing to one program and another to the next'],
  ['0 3 */1 * 1', 'day "*/1" with weekday "1" means one thing to one program and another to the next'],
  ['0 3 * * *; rm -rf /', 'it has not five fields'],
  ['$(id) 3 * * *', '"$(id)" is no minute'],
  ['0 3 * * *\n* * * * * root sh', 'it has not five fields'],
  ['0 3 * * 1\n', null],
])('when the line is %j then it is refused with %j', (line, fault) => {
  const result = parseCron(line)
  expect('fault' in result ? result.fault : null).toBe(fault)
  if ('hint' in result) expect(result.hint).toMatch(/Write |Choose /)
})

test('H8: when a line fires every minute of some hours then it is refused, and the one that was meant is named', () => {
  expect(parseCron('* */6 * * *')).toEqual({
    fault: 'it fires every minute of 4 hours: 240 times a day',
    hint: 'Write "0 */6 * * *" for once in each of them.',
  })
  expect(parseCron('* * * * *')).toHaveProperty('schedule')
})

test.each([
  ['0 3 * * *', 1, 1440],
  ['*/15 * * * *', 96, 15],
  ['0 0,23 * * *', 2, 60],
  ['* * * * *', 1440, 1],
])('when %s is counted then it fires %i times a day, %i minutes apart', (line, times, gap) => {
  expect([timesPerDay(scheduleOf(line)), shortestGap(scheduleOf(line))]).toEqual([times, gap])
})
