import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import { databaseNames } from '../../src/host/data/database/names.ts'
import type { DataWorld } from './backup.contract.ts'
import { startMariadb } from './databases.ts'

const rich = `
  CREATE TABLE people (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(200) NOT NULL UNIQUE, at timestamp NULL, day datetime, photo longblob, more json, mood enum('gut','schlecht')) COMMENT 'wie sie heißen';
  INSERT INTO people (name, at, day, photo, more, mood) VALUES ('Jürgen Größe \\\\ "x" ''y'' 😀', '2026-03-29 01:30:00', '2026-10-25 02:30:00', x'00ff0a270d1a', '{"ä": [1, null]}', 'gut');
  INSERT INTO people (name, photo) SELECT CONCAT('n', seq), REPEAT(MD5(seq), 20000) FROM seq_1_to_20;
  ALTER TABLE people AUTO_INCREMENT = 4711;
  CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, person bigint, before_id int, KEY (person), CONSTRAINT who FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE, CONSTRAINT before_it FOREIGN KEY (before_id) REFERENCES orders (id));
  INSERT INTO orders (person) SELECT id FROM people;
  CREATE TABLE parts (n int, PRIMARY KEY (n)) PARTITION BY RANGE (n) (PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN MAXVALUE);
  INSERT INTO parts VALUES (1), (100);
  CREATE TABLE log (line text);
  CREATE TABLE \`strange \`\` name\` (\`select\` int);
  CREATE SEQUENCE numbers START WITH 100 INCREMENT BY 10;
  CREATE TABLE history (n int) WITH SYSTEM VERSIONING;
  INSERT INTO history VALUES (1); UPDATE history SET n = 2;
  CREATE FUNCTION twice(x int) RETURNS int DETERMINISTIC RETURN 2 * x;
  CREATE VIEW names AS SELECT name, twice(id) AS double_id FROM people;
  CREATE VIEW above AS SELECT name FROM names WHERE double_id > 4;
  DELIMITER //
  CREATE TRIGGER note AFTER INSERT ON people FOR EACH ROW BEGIN INSERT INTO log VALUES (NEW.name); END//
  CREATE PROCEDURE clean() BEGIN DELETE FROM log; END//
  CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO CALL clean()//
  DELIMITER ;
`

/** Databases of a real server of its own. */
export async function mysqlWorld(): Promise<DataWorld> {
  const server = await startMariadb()
  let made = 0
  const client = (database: string, script: string) => {
    const args = ['--no-defaults', `--socket=${server.socket}`, '-BNn', '--default-character-set=utf8mb4', database]
    const child = spawn('mariadb', args, { stdio: ['pipe', 'pipe', 'ignore'] })
    child.stdin.on('error', () => {})
    child.stdin.write(script)
    return {
      child,
      stop: async () => {
        if (child.exitCode !== null || child.signalCode !== null) return
        child.kill('SIGKILL')
        await once(child, 'exit')
      },
    }
  }
  return {
    name: 'mysql',
    close: () => server.close(),
    async make(shape) {
      const name = `Läden-${(made += 1)}-\`${'x'.repeat(40)}`
      const quoted = `\`${name.replaceAll('`', '``')}\``
      if (shape !== 'absent')
        await server.sql('mysql', `CREATE DATABASE ${quoted} CHARACTER SET latin1 COLLATE latin1_german1_ci`)
      if (shape === 'rich') {
        await server.sql('mysql', `ALTER DATABASE ${quoted} CHARACTER SET utf8mb4 COLLATE utf8mb4_german2_ci`)
        await server.sql(name, rich)
      }
      const databases = async () => (await server.sql('mysql', 'SHOW DATABASES')).split('\n')
      return {
        spec: { type: 'mysql', database: name, socket: server.socket },
        at: name,
        look: async () => {
          if (!(await databases()).includes(name)) return null
          return `${await server.sql(name, `SHOW CREATE DATABASE ${quoted}`)}\n${await server.dump(name)}`
        },
        change: async () => {
          if (shape === 'absent') await server.sql('mysql', `CREATE DATABASE ${quoted}`)
          await server.sql(
            name,
            `${shape === 'rich' ? "DROP TABLE orders; UPDATE people SET name = CONCAT('neu ', name); ALTER TABLE people DROP COLUMN mood; DROP VIEW above; DROP TRIGGER note; CREATE TRIGGER noted BEFORE DELETE ON people FOR EACH ROW DELETE FROM log; DROP EVENT nightly; CREATE TABLE above (n int);" : ''}
             CREATE TABLE newer (n int PRIMARY KEY); INSERT INTO newer VALUES (1); CREATE VIEW newest AS SELECT n FROM newer;
             ALTER DATABASE ${quoted} CHARACTER SET utf8mb4`,
          )
        },
        remove: async () => {
          await server.sql('mysql', `DROP DATABASE ${quoted}`)
        },
        kept: async ({ aside }) => {
          const { kept } = databaseNames(name, aside)
          if (!(await databases()).includes(kept)) return null
          return server.sql(kept, 'SELECT n FROM newer')
        },
      }
    },
    async write(data) {
      const name = data.at
      await server.sql(
        name,
        `CREATE TABLE pairs (n int) ENGINE=InnoDB;
         DELIMITER //
         CREATE PROCEDURE fill() BEGIN DECLARE i int DEFAULT 1; WHILE i < 100000000 DO
           START TRANSACTION; INSERT INTO pairs VALUES (i); INSERT INTO pairs VALUES (-i); COMMIT; SET i = i + 1; END WHILE; END//
         DELIMITER ;`,
      )
      const { stop } = client(name, 'CALL fill();\n')
      await expect.poll(() => server.sql(name, 'SELECT COUNT(*) > 10 FROM pairs'), { timeout: 60_000 }).toBe('1')
      return { stop }
    },
    isWhole: async (data) => (await server.sql(data.at, 'SELECT COUNT(*) > 0 AND SUM(n) = 0 FROM pairs')) === '1',
    async hold(data) {
      const { child, stop } = client(data.at, 'START TRANSACTION; SELECT COUNT(*) FROM people;\n')
      await once(child.stdout, 'data')
      return { stop }
    },
  }
}
