<#
.SYNOPSIS
Proves that ReparamPS works on a device, in at most five minutes.
.DESCRIPTION
Runs in the project's console and in PowerShell, from any folder:

    dotnet run --project src/ReparamPS.Host -c Release -- tests/device/device-check.ps1 -Device cuda

Each part runs in a process of its own, with a limit of its own, so that a part that crashes or hangs is one failure and the others still run.
Each check is one line; the last line is 'N passed, N failed, N skipped'. The exit code is 0 only if none failed.
.PARAMETER Device
The device to prove. Allowed: cpu, cuda, cuda:N. Default: cuda.
.PARAMETER OutFile
A JSON Lines file with one object per check. Default: device-check.jsonl in the current folder.
.PARAMETER Part
The parts to run. Default: all, in the order of the list below.
.PARAMETER Seconds
The limit of all parts together, in seconds. Parts without time left are skipped. On a busy machine more than the default may be needed; the limits of the parts then grow alike. Default: 300.
.PARAMETER Child
Runs one part in this process, and writes its checks as JSON Lines.
#>
param([string] $Device = 'cuda', [string] $OutFile = 'device-check.jsonl', [string[]] $Part, [int] $Seconds = 300, [string] $Child)
$ErrorActionPreference = 'Stop'

# The limit of each part in seconds. The last ones measure and prove nothing.
$limits = [ordered]@{ environment = 60; draws = 60; densities = 60; gradients = 75; estimators = 45; vae = 75; memory = 45; throughput = 75 }

function Find-Module {
    for ($folder = $PSScriptRoot; $folder; $folder = [IO.Path]::GetDirectoryName($folder)) {
        $manifest = [IO.Path]::Combine($folder, 'module', 'ReparamPS', 'ReparamPS.psd1')
        if ([IO.File]::Exists($manifest)) { return $manifest }
    }
    throw "No module/ReparamPS folder is above '$PSScriptRoot'."
}

if ($Child) {
    if (-not (Get-Module ReparamPS)) { Import-Module (Find-Module) }
    . "$PSScriptRoot/checks.ps1"
    if ($missing -and $Child -ne 'environment') { Check 'device' { throw $missing } } else { . "$PSScriptRoot/parts/$Child.ps1" }
    Write-Record @{ kind = 'end' }
    exit 0
}

$names = @(if ($Part) { $Part -split ',' } else { $limits.Keys })
$unknown = @($names.Where({ -not $limits.Contains($_) }))
if ($unknown) { throw "Part must be one of $($limits.Keys -join ', '); got $($unknown -join ', ')." }

# This console, or this PowerShell, again.
function Get-Launch([string] $name) {
    $own = [Environment]::GetCommandLineArgs()[0]
    $script = [IO.Path]::Combine($PSScriptRoot, 'device-check.ps1')
    if ([IO.Path]::GetFileNameWithoutExtension($own) -ne 'ReparamPS.Host') { return '-NoProfile', '-NonInteractive', '-File', $script, '-Device', $Device, '-Child', $name }
    if ([IO.Path]::GetFileNameWithoutExtension([Environment]::ProcessPath) -eq 'dotnet') { 'exec', $own }
    $script, '-Device', $Device, '-Child', $name
}

$count = @{ passed = 0; failed = 0; skipped = 0 }
$path = [IO.Path]::GetFullPath([IO.Path]::Combine($PWD.ProviderPath, $OutFile))
$file = [IO.StreamWriter]::new($path)
$file.AutoFlush = $true

function Add-Result([string] $part, [string] $check, [string] $status, [string] $text, [double] $elapsed) {
    $count[$status]++
    $record = [Collections.Specialized.OrderedDictionary]::new()
    $record['part'] = $part; $record['check'] = $check; $record['status'] = $status; $record['text'] = $text; $record['seconds'] = [Math]::Round($elapsed, 3); $record['device'] = $Device
    $file.WriteLine([Text.Json.JsonSerializer]::Serialize($record, $record.GetType()))
    '{0,-7} {1,-12} {2,-32} {3,6:F2} s  {4}' -f $status, $part, $check, $elapsed, $text
}

function Invoke-Part([string] $name, [double] $limit) {
    $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
    foreach ($argument in Get-Launch $name) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardOutput = $start.RedirectStandardError = $start.RedirectStandardInput = $true
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    $errors = $process.StandardError.ReadToEndAsync()
    $current = 'start'; $at = ''
    $ended = $false
    while ($true) {
        $line = $process.StandardOutput.ReadLineAsync()
        $left = [Math]::Max(0, $limit - $clock.Elapsed.TotalSeconds)
        if (-not $line.Wait([TimeSpan]::FromSeconds($left))) {
            $process.Kill($true)
            Add-Result $name $current 'failed' "The part did not end within $([Math]::Round($limit)) s; it stopped$at." $clock.Elapsed.TotalSeconds
            return
        }
        if ($null -eq $line.Result) { break }
        if (-not $line.Result.StartsWith('{')) { "        $($line.Result)"; continue }
        $record = [Text.Json.JsonDocument]::Parse($line.Result).RootElement
        switch ($record.GetProperty('kind').GetString()) {
            'begin' { $current = $record.GetProperty('check').GetString(); $at = '' }
            'step' { $at = " at $($record.GetProperty('check').GetString())" }
            'end' { $ended = $true }
            'result' { Add-Result $name $current $record.GetProperty('status').GetString() $record.GetProperty('text').GetString() $record.GetProperty('seconds').GetDouble() }
        }
    }
    if (-not $process.WaitForExit(5000)) { $process.Kill($true) }
    if ($ended) { return }
    $said = @($errors.Result -split "`n").Where({ $_.Trim() })
    $text = "The process ended with code $($process.ExitCode) during this check$at. $($said[[Math]::Max(0, $said.Count - 3)..([Math]::Max(0, $said.Count - 1))] -join ' | ')"
    Add-Result $name $current 'failed' $text $clock.Elapsed.TotalSeconds
}

try {
    $total = [Diagnostics.Stopwatch]::StartNew()
    foreach ($name in $names) {
        $left = $Seconds - $total.Elapsed.TotalSeconds
        if ($left -lt 5) { Add-Result $name 'all' 'skipped' "No time is left of $Seconds s." 0; continue }
        Invoke-Part $name ([Math]::Min($limits[$name] * [Math]::Max(1, $Seconds / 300), $left))
    }
    "$([Math]::Round($total.Elapsed.TotalSeconds)) s; $path"
}
finally {
    $file.Dispose()
}
"$($count.passed) passed, $($count.failed) failed, $($count.skipped) skipped"
exit [int]($count.failed -gt 0)
