@echo off
rem Updates the application in this script's folder by belay, and shows the seven steps of old.
rem
rem   auto_update.bat            update; a failed update is undone, and the service is never left stopped
rem   auto_update.bat --check    only say whether there is an update (exit code 10: there is one)
rem   auto_update.bat --auto     as a task calls it: what failed here before waits until somebody asks for it
rem   auto_update.bat NAME       this component of belay.yaml (or %BELAY_COMPONENT%)
rem
rem Exit codes are those of belay: 0 done or nothing to do, 1 failed and nothing was changed, 2 wrong usage or config,
rem 3 the previous version is back and verified, 4 a person is needed.
setlocal EnableExtensions DisableDelayedExpansion
set "AUTO_UPDATE_SELF=%~f0"
set "AUTO_UPDATE_HERE=%~dp0"
set "AUTO_UPDATE_CHECK="
set "AUTO_UPDATE_TIMED="
set "AUTO_UPDATE_COMPONENT=%BELAY_COMPONENT%"

:words
if "%~1"=="" goto ready
if /I "%~1"=="--check" (set "AUTO_UPDATE_CHECK=1" & shift & goto words)
if /I "%~1"=="--auto" (set "AUTO_UPDATE_TIMED=1" & shift & goto words)
set "AUTO_UPDATE_COMPONENT=%~1"
shift
goto words

:ready
rem What follows the mark is PowerShell, which reads the report of the run and knows the colours of the console.
powershell.exe -NoLogo -NoProfile -ExecutionPolicy Bypass -Command "& ([scriptblock]::Create(((Get-Content -LiteralPath $env:AUTO_UPDATE_SELF -Raw) -split '(?m)^#POWERSHELL#\s*$')[1]))"
exit /b %ERRORLEVEL%

#POWERSHELL#
function Say([string]$colour, [string]$words) {
  # Not on a terminal, or with NO_COLOR, plain words.
  if ($env:NO_COLOR -or [Console]::IsOutputRedirected -or -not $colour) { [Console]::Out.WriteLine($words) }
  else { Write-Host $words -ForegroundColor $colour }
}
function Stop-Wrong([string]$words, [string]$hint) { Say 'Red' $words; Say '' "  $hint"; exit 2 }

$belay = $env:BELAY
if (-not $belay) { $belay = (Get-Command belay -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1).Source }
if (-not $belay -or -not (Get-Command $belay -ErrorAction SilentlyContinue)) {
  Stop-Wrong 'belay is not installed, so nothing was done.' 'Install it, or say where it is: set BELAY=C:\path\to\belay.cmd'
}
$component = $env:AUTO_UPDATE_COMPONENT
if ($component -like '-*') { Stop-Wrong "auto_update.bat does not know $component." 'It takes --check, --auto and the name of a component.' }
Set-Location -LiteralPath $env:AUTO_UPDATE_HERE
# The folder itself, without the last backslash, is a name of the component that is installed there.
if (-not $component) { $component = $env:AUTO_UPDATE_HERE.TrimEnd('\') }

if ($env:AUTO_UPDATE_CHECK) {
  & $belay check $component --force --exit-code
  exit $LASTEXITCODE
}
$timed = @()
if ($env:AUTO_UPDATE_TIMED -or [Console]::IsOutputRedirected) { $timed = @('--timed') }
Say '' "Updating by belay: $component"
# Its progress goes to the console as it comes; its report is the one document on standard output.
$text = (& $belay --json update $component --yes @timed) -join "`n"
$code = $LASTEXITCODE
$report = $null
try { $report = $text | ConvertFrom-Json } catch { $report = $null }
if ($report -and $report.runs) { $report = @($report.runs)[0] }
if ($report -and $report.error) { Say 'Red' $report.error.message; Say '' "  $($report.error.hint)" }

function Step([int]$number, [string]$words, [string[]]$kinds) {
  $found = @($report.steps | Where-Object { $kinds -contains $_.kind } | ForEach-Object { $_.state })
  foreach ($state in 'failed', 'undone', 'running', 'pending', 'done', 'skipped') { if ($found -contains $state) { break } else { $state = '' } }
  # A backup stays, whatever is undone.
  if ($state -eq 'undone' -and $kinds -contains 'backup') { $state = 'done' }
  switch ($state) {
    'done' { Say 'Green' "[$number/7] ${words}: done" }
    'failed' { Say 'Red' "[$number/7] ${words}: failed" }
    'undone' { Say 'Yellow' "[$number/7] ${words}: undone" }
    { $_ -in 'pending', 'running' } { Say 'Yellow' "[$number/7] ${words}: not reached" }
    default { Say '' "[$number/7] ${words}: not needed" }
  }
}
if ($report -and @($report.steps).Count -gt 0) {
  Step 1 'Stop the service' @('stop')
  Step 2 'Back up the data' @('backup')
  Step 3 'Get the new version' @('download', 'unpack', 'pull', 'git-fetch', 'git-worktree', 'fetch-files', 'gather-files')
  Step 4 'Update the dependencies' @('prepare')
  Step 5 'Run the migrations' @('migrate')
  Step 6 'Start the service' @('start')
  switch ($report.outcome) {
    'rolled-back' { Say 'Yellow' "[7/7] Roll back: done, $($report.from) is back and verified" }
    'stuck' { Say 'Red' '[7/7] Roll back: stuck' }
    'failed' { Say 'Yellow' '[7/7] Roll back: done, nothing was changed' }
    default { Say '' '[7/7] Roll back: not needed' }
  }
}
switch ($code) {
  0 {
    if ($report -and $report.outcome -eq 'committed') { Say 'Green' "Updated: $($report.from) -> $($report.to)" }
    elseif ($report -and $report.held) { Say 'Yellow' 'There is an update, and it waits: the reason is above.' }
    else { Say 'Green' 'There is nothing to update.' }
    if ($report -and $report.restart_required) { Say 'Yellow' 'Restart the application yourself: belay does not know its service.' }
  }
  1 { Say 'Red' 'The update failed. Nothing was changed.' }
  2 { Say 'Red' 'Nothing was done: belay was called wrongly, or its config has an error. Run: belay validate' }
  3 { Say 'Yellow' 'The update failed. The previous version is back and verified.' }
  default { Say 'Red' 'A person is needed: run belay status, then belay resume.' }
}
exit $code
