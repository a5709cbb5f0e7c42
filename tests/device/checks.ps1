# What the parts use. Only the engine's core commands: the console has no utility cmdlets.
$double = [TorchSharp.torch+ScalarType]::Float64
$single = [TorchSharp.torch+ScalarType]::Float32
$isCpu = $Device -eq 'cpu'

function Write-Record([hashtable] $record) { [Console]::Out.WriteLine([Text.Json.JsonSerializer]::Serialize($record, $record.GetType())); [Console]::Out.Flush() }

# One check. Its text is what the block returns; it fails by an exception, and is skipped by one that begins with 'skip: '.
function Check([string] $name, [scriptblock] $body) {
    Write-Record @{ kind = 'begin'; check = $name }
    $clock = [Diagnostics.Stopwatch]::StartNew()
    try {
        $text = "$(& $body)"
        $status = 'passed'
    }
    catch {
        $text = ($_.Exception.Message -split "`n")[0].Trim()
        $status = if ($text.StartsWith('skip: ')) { 'skipped' } else { 'failed' }
        $text = $text -replace '^skip: ', ''
    }
    Write-Record @{ kind = 'result'; status = $status; text = $text; seconds = $clock.Elapsed.TotalSeconds }
}

# What a check is at, which is named if the process ends there.
function Step([string] $name) { Write-Record @{ kind = 'step'; check = $name } }

function Assert-That([bool] $holds, [string] $message) { if (-not $holds) { throw $message } }

# The largest difference of two tensors relative to the larger element, or to the floor where both are smaller; NaN and infinities must agree.
function Measure-Distance($first, $second, [double] $floor = 1) {
    $scope = [TorchSharp.torch]::NewDisposeScope()
    try {
        $x = $first.detach().to($double).cpu().flatten()
        $y = $second.detach().to($double).cpu().flatten()
        Assert-That ($x.shape[0] -eq $y.shape[0]) "The shapes differ: $($first.shape -join 'x') and $($second.shape -join 'x')."
        if ($x.shape[0] -eq 0) { return 0.0 }
        $same = $x.eq($y).logical_or($x.isnan().logical_and($y.isnan()))
        $size = [TorchSharp.torch]::maximum($x.abs(), $y.abs()).clamp_min($floor)
        [double] $x.sub($y).abs().div($size).masked_fill($same, 0).nan_to_num([double]::PositiveInfinity).max().item()
    }
    finally { $scope.Dispose() }
}

function Assert-Near($first, $second, [double] $tolerance, [string] $what, [double] $floor = 1) {
    $distance = Measure-Distance $first $second $floor
    Assert-That ($distance -le $tolerance) "${what}: the relative difference is $($distance.ToString('G3')); at most $tolerance is allowed."
    $distance
}

# Typical instances of every kind, on the device and on the CPU.
function Get-Kinds { [ReparamPS.Distributions.DistributionCatalog]::All }
$cpu = (New-Tensor 0).device
$target = $missing = $null
try { $target = (New-Tensor 0 -Device $Device).device } catch { $missing = ($_.Exception.Message -split "`n")[0] }
function New-Example($kind, $device, $dtype = $double) { $kind.CreateExample($dtype, $device, $false) }
