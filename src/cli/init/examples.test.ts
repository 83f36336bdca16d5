import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { fixture, proposedOn } from '../../../test/fakes/init.ts'

const git = (folder: string, url: string) => ({
  [`${folder}/.git/HEAD`]: 'ref: refs/heads/main\n',
  [`${folder}/.git/config`]: `[remote "origin"]\n\turl = ${url}\n[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n`,
})

/** What the pages of the guide begin with: a host, and what `init --from` is given there. */
const hosts: Readonly<Record<string, { files: Readonly<Record<string, string>>; from: readonly string[] }>> = {
  'from-helpdesk': {
    files: {
      '/srv/helpdesk/manage.py': '',
      '/srv/helpdesk/helpdesk/settings.py': '',
      '/srv/helpdesk/requirements.txt': '',
      '/srv/helpdesk/venv/bin/python': '',
      '/srv/helpdesk/media/a.png': '',
      '/srv/helpdesk/.env':
        'GITHUB_REPO=aboro72/HelpDesk\nGITHUB_BRANCH=master\nAUTO_UPDATE=True\nAUTO_UPDATE_HOUR=2\nDATABASE_URL=sqlite:///db.sqlite3\n',
      '/etc/systemd/system/helpdesk.service': '[Service]\nUser=helpdesk\nWorkingDirectory=/srv/helpdesk\n',
    },
    from: ['/srv/helpdesk'],
  },
  'from-crm': {
    files: {
      '/opt/crm-backend/app/core/version.py':
        'VERSION = "1.2.0"\nBUILD_DATE = "2025-01-15"\nUPDATE_CHECK_URL = "https://api.github.com/repos/yourusername/crm-backend/releases/latest"\nENABLE_AUTO_UPDATE_CHECK = True\nUPDATE_CHECK_INTERVAL_HOURS = 24\n',
      '/opt/crm-backend/.env': fixture('crm/env.example'),
      '/opt/crm-backend/alembic.ini': fixture('crm/alembic.ini'),
      '/opt/crm-backend/requirements.txt': '',
      '/opt/crm-backend/venv/bin/python': '',
      '/opt/crm-backend/uploads/a.pdf': '',
      '/etc/systemd/system/crm-backend.service': fixture('crm/crm-backend.service'),
      ...git('/opt/crm-backend', 'https://github.com/dadad132/cem-backend.git'),
    },
    from: ['/opt/crm-backend'],
  },
  'from-dunebugger': {
    files: {
      '/opt/dunebugger/remote/config/dunebugger.conf': fixture('dunebugger/remote-8e7cbba.dunebugger.conf'),
      '/opt/dunebugger/docker-compose.yml': fixture('compose/dunebugger/install-6ddc8d7.docker-compose.yml'),
      '/opt/dunebugger/core/VERSION': fixture('dunebugger/remote-5171c0a.VERSION'),
    },
    from: ['/opt/dunebugger'],
  },
  'from-whisper': {
    files: {
      '/opt/whisper-appliance/whisper-appliance_version.txt': fixture('whisper/whisper-appliance_version.txt'),
      '/opt/whisper-appliance/ssl/whisper-appliance.key': '',
      '/opt/whisper-appliance/data/chat.json': '',
      '/etc/systemd/system/whisper-appliance.service': fixture('whisper/whisper-appliance.service'),
      ...git('/opt/whisper-appliance', 'https://github.com/mioxoim/whisper-appliance.git'),
    },
    from: ['/opt/whisper-appliance'],
  },
}

test.each(Object.keys(hosts))(
  'when init reads the host of the page %s, then its config is the one that the page shows',
  async (page) => {
    const { files, from } = hosts[page] ?? { files: {}, from: [] }
    const shown = readFileSync(join(import.meta.dirname, '../../../docs/guide/examples', `${page}.yaml`), 'utf8')
    const { config } = await proposedOn(files, from, {
      survey: { ask: async () => ['0123456789ab'], changes: async () => 0 },
    })
    expect(config).toStrictEqual(parse(shown))
  },
)
