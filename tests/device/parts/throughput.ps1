# Measured, not judged. Each figure stands beside the machine's own PyTorch, if it has one.
$python = $null
function Get-PyTorch([string] $program) {
    $start = [Diagnostics.ProcessStartInfo]::new($program)
    foreach ($argument in "$PSScriptRoot/../pytorch_speed.py", $Device, "$images") { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    try { $process = [Diagnostics.Process]::Start($start) } catch { return $null }
    $errors = $process.StandardError.ReadToEndAsync()
    $output = $process.StandardOutput.ReadToEndAsync()
    # What it had measured by then counts.
    if (-not $process.WaitForExit(25000)) { $process.Kill($true) }
    $figures = @{}
    foreach ($line in @($output.Result -split "`n").Where({ $_.Contains('=') })) { $name, $value = $line.Trim() -split '=', 2; $figures[$name] = $value }
    if ($figures.Count -gt 2) { $figures }
}
function Beside([string] $name) {
    if (-not $python) { return '; no PyTorch for python3' }
    "; PyTorch $($python.version): $(if ($python.Contains($name)) { $python[$name] } else { 'not measured in time' })"
}
# Waits for the device: a number can be read when everything before it is done.
function Wait-For($tensor) { $null = $tensor.flatten().narrow(0, 0, 1).cpu(); $tensor.Dispose() }
function Measure-Draws([long] $count, $dtype) {
    $random = [ReparamPS.Torch.Randomness.RandomSource]::new(1, $target)
    Wait-For ($random.Normal([long[]] @($count), $dtype))
    $clock = [Diagnostics.Stopwatch]::StartNew()
    Wait-For ($random.Normal([long[]] @($count), $dtype))
    $seconds = $clock.Elapsed.TotalSeconds
    $random.Dispose()
    $seconds
}
$count = if ($isCpu) { 10000000 } else { 100000000 }
$images = if ($isCpu) { 1000 } else { 60000 }
Check 'PyTorch' {
    foreach ($program in 'python3', '/usr/bin/python3') { if (-not $python) { $script:python = Get-PyTorch $program } }
    if (-not $python) { throw 'skip: python3 has no PyTorch that reaches the device.' }
    "PyTorch $($python.version) on $($python.device)"
}
foreach ($type in @(@{ DType = $single; Name = 'float32' }, @{ DType = $double; Name = 'float64' })) {
    Check "normals, $($type.Name)" {
        $seconds = Measure-Draws $count $type.DType
        "$($count.ToString('G1')) in $($seconds.ToString('F3')) s$(Beside "normals_$($type.Name)")"
    }
}
$data = [IO.Path]::Combine([IO.Path]::GetTempPath(), 'reparamps-check-' + [guid]::NewGuid().ToString('N') + '-images-idx3-ubyte')
$stream = [IO.File]::Create($data)
foreach ($number in 2051, $images, 28, 28) { $bytes = [BitConverter]::GetBytes([int] $number); [Array]::Reverse($bytes); $stream.Write($bytes, 0, 4) }
$pixels = [byte[]]::new($images * 784)
[Random]::new(1).NextBytes($pixels)
$stream.Write($pixels, 0, $pixels.Length)
$stream.Dispose()
try {
    foreach ($network in @(@{ Hidden = 400; Latent = 20 }, @{ Hidden = 2000; Latent = 200 })) {
        $name = "784-$($network.Hidden)-$($network.Latent)"
        Check "VAE $name" {
            $epochs = @(Invoke-VaeTraining -DataPath $data -TestFraction 0 -Epochs 2 -Seed 1 -BatchSize 100 -HiddenSize $network.Hidden -LatentSize $network.Latent -Device $Device)
            "$([int] $epochs[1].SamplesPerSecond) images/s, an epoch of 60,000 in $((60000 / $epochs[1].SamplesPerSecond).ToString('F2')) s$(Beside "vae_$($network.Hidden)")"
        }
    }
}
finally { [IO.File]::Delete($data) }
