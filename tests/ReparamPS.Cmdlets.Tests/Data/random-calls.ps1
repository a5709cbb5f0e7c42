# Calls cmdlets with random arguments, chosen by the types of their parameters, and prints each call before it and its message after it.
param([string]$Module, [int]$Seed, [int]$Count, [int]$Seconds)

$random = [Random]::new($Seed)
$folder = [IO.Directory]::CreateTempSubdirectory('random-calls').FullName
Import-Module $Module
# Files are written to a folder of their own; paths outside it cannot be created. It holds a sweep for the cmdlets that read one.
$commands = Get-Command -Module ReparamPS -CommandType Cmdlet
$sweep = "$PSScriptRoot/sweeps-0.1/block"
foreach ($file in [IO.Directory]::GetFiles($sweep, '*', 'AllDirectories')) {
    $copy = "$folder/sweep" + $file.Substring($sweep.Length)
    $null = [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($copy))
    [IO.File]::Copy($file, $copy)
}
$common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
$numbers = '0', '1', '-1', '2', '0.5', '-0.5', '1e-300', '1e300', '[double]::NaN', '[double]::PositiveInfinity', '3', '100000000000', '[long]::MaxValue', '2147483648'
$objects = $numbers + '$null', "''", "'abc'", "'1,2'", '@()', '(1, 2)', '(0.2, 0.8)', '(1, 2, 3)', '((1, 2), (3, 4))', '((2, 0.5), (0.5, 1))', '((1, 2), 3)', '@{}', '@{ a = 1 }', '$x', '$M', '$disposed', '$i',
    '$n', '$c', '$pair', '$rows', '{ $_ }', '{ $_.sum() }', '{ throw 1 }', '([datetime]"2020-02-03")', '[pscustomobject]@{ Loc = 1 }', '$true', "[char]'x'", '[datetime]::MinValue', '[System.Version]"1.2"', '[guid]::Empty', '[DayOfWeek]::Friday', '[timespan]::MaxValue', '(,$null)', '(New-Tensor 1e30)', '(New-Tensor ([double]::NaN))'
$texts = "''", "'abc'", "'float32'", "'cpu'", "'cuda'", "'Normal'", "'Gamma'", "'x.csv'", "'Env:/x'", "'/dev/null/folder'", "'*'", "'['", '$null', "'a' * 5000", "'A'", "'B'", "'sweep'", "'sweep'", "'x.png'", "'Invoke-VaeTraining'"
function Pick($list) { $list[$random.Next($list.Count)] }
function Value($parameter) {
    $type = $parameter.ParameterType
    if ($random.Next(6) -eq 0) { return Pick $objects }
    if ($type -eq [switch]) { return '$true' }
    if ($type.IsEnum) { return "'$(Pick ([Enum]::GetNames($type)))'" }
    if ($type -eq [string] -or $type -eq [string[]]) { return Pick $texts }
    if ($type -eq [scriptblock]) { return Pick ('{ $_ }', '{ $_.sum() }', '{ $_.pow(2) }', '{ 1 }', '{ $null }', '{ throw "no" }', '{ $_.matmul((New-Tensor 1, 2, 3)) }') }
    if ($type.Name -match 'Int|Double|Single|Nullable') { return Pick $numbers }
    if ($type.FullName -match 'Distribution') { return Pick ('$n', '$c', '$pair', '$u', "'Normal'", '$null') }
    Pick $objects
}
$setup = @'
$x = New-Tensor 1,2,3; $M = New-Tensor (1,2,3),(4,5,6); $i = New-Tensor 1,2 -DType int64; $disposed = New-Tensor 1; $disposed.Dispose()
$n = New-NormalDistribution 0 1 -RequiresGrad; $c = New-CategoricalDistribution 0.2,0.8; $u = New-UniformDistribution 0 1
$pair = New-MultivariateNormalDistribution (0,0) -CovarianceMatrix ((2,0.5),(0.5,1)); $rows = 1..3 | ForEach-Object { [pscustomobject]@{ A = $_; B = $_ * $_; Seed = $_ } }
'@
function New-Session {
    $shell = [powershell]::Create([System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2())
    $null = $shell.AddCommand('Import-Module').AddArgument($Module).Invoke()
    $shell.Commands.Clear()
    $null = $shell.AddScript("Set-Location '$folder'`n$setup", $false).Invoke()
    $shell
}
$shell = New-Session
for ($k = 0; $k -lt $Count; $k++) {
    $command = Pick $commands
    $set = Pick @($command.ParameterSets)
    $parameters = @($set.Parameters | Where-Object { $common -notcontains $_.Name -and ($_.IsMandatory -or $random.Next(4) -eq 0) -and $_.Name -ne 'Epochs' })
    $text = $command.Name
    foreach ($parameter in $parameters) { $text += if ($parameter.ParameterType -eq [switch]) { " -$($parameter.Name)" } else { " -$($parameter.Name) ($(Value $parameter))" } }
    if ($command.Name -eq 'Invoke-VaeTraining') { $text += ' -Epochs 1' }
    # Nothing is downloaded, and no runtime of the user is removed.
    if ($command.Name -match '^(I|Uni)nstall-') { $text += ' -WhatIf' }
    if ($random.Next(3) -eq 0) { $text = "($(Pick $objects)) | $text" }
    [Console]::WriteLine("start`t$text")
    $shell.Commands.Clear()
    $shell.Streams.ClearStreams()
    $null = $shell.AddScript("$text | ForEach-Object { `"`$_`" } | ForEach-Object { } -End { 'done' }", $false)
    $message = ''
    $started = $shell.BeginInvoke()
    if (-not $started.AsyncWaitHandle.WaitOne($Seconds * 1000)) {
        $stopped = $shell.BeginStop($null, $null)
        $message = if ($stopped.AsyncWaitHandle.WaitOne(60000)) { 'stopped' } else { 'cannot be stopped' }
        $shell = New-Session
    }
    else {
        try { $null = $shell.EndInvoke($started) } catch { $message = "$($_.Exception.InnerException.Message)" }
        if ($shell.Streams.Error.Count -gt 0) { $message = "$($shell.Streams.Error[0])" }
    }
    [Console]::WriteLine("end`t$text`t$($message -replace '\s+', ' ')")
}
# A worker that was just stopped can still hold a file.
try { [IO.Directory]::Delete($folder, $true) } catch { }
