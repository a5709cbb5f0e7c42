# Runs statements of mistakes.txt and prints, for each, its number before and its message after. A process that ends early leaves a number without a message.
param([string]$Module, [string]$File, [int]$First, [int]$Count, [int]$Seconds)

$ErrorActionPreference = 'Stop'
$lines = [IO.File]::ReadAllLines($File) -notmatch '^#'
$setup = @'
$x = New-Tensor 1,2,3; $y = New-Tensor 1,2; $M = New-Tensor (1,2,3),(4,5,6); $S = New-Tensor (0,0),(0,0); $p = New-Tensor 1,2,3 -RequiresGrad
$i = $x.to([TorchSharp.torch+ScalarType]::Int64)
'@
function New-Session {
    $shell = [powershell]::Create([System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2())
    $null = $shell.AddCommand('Import-Module').AddArgument($Module).Invoke()
    $shell
}
$shell = New-Session
for ($n = $First; $n -lt [Math]::Min($First + $Count, $lines.Count); $n++) {
    [Console]::WriteLine("start`t$n")
    $shell.Commands.Clear()
    $null = $shell.AddScript($setup, $false).Invoke()
    $shell.Commands.Clear()
    $shell.Streams.ClearStreams()
    $null = $shell.AddScript($lines[$n], $false)
    $message = ''
    $started = $shell.BeginInvoke()
    if (-not $started.AsyncWaitHandle.WaitOne($Seconds * 1000)) {
        # Some of these are long, not wrong: Ctrl+C must end them.
        $stopped = $shell.BeginStop($null, $null)
        $message = if ($stopped.AsyncWaitHandle.WaitOne(30000)) { 'stopped' } else { 'cannot be stopped' }
        $shell = New-Session
    }
    else {
        try { $null = $shell.EndInvoke($started) } catch { $message = "$($_.Exception.InnerException.Message)" }
        if ($shell.Streams.Error.Count -gt 0) { $message = "$($shell.Streams.Error[0])" }
    }
    [Console]::WriteLine("end`t$n`t$($message -replace '\s+', ' ')")
}
