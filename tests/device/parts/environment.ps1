Check 'libraries' {
    $e = Get-TorchEnvironment
    foreach ($library in @(Get-TorchEnvironment -Library).Where({ -not $_.Loaded -and $_.Problem })) { "$($library.Name): $($library.Problem)" }
    "TorchSharp $($e.TorchSharp), libtorch $($e.LibTorch), $($e.Backend), devices $($e.Devices), $($e.Threads) threads, $($e.LibraryPath), $($e.Runtime)"
}
Check 'GPU' {
    if ($isCpu) { throw 'skip: the device is the CPU.' }
    $start = [Diagnostics.ProcessStartInfo]::new('nvidia-smi')
    foreach ($argument in '--query-gpu=name,driver_version,memory.total,compute_cap', '--format=csv,noheader') { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardOutput = $true
    try { $process = [Diagnostics.Process]::Start($start) } catch { throw 'skip: nvidia-smi is not on this machine.' }
    $process.StandardOutput.ReadToEnd().Trim() -replace "`n", '; '
}
Check 'device' { if ($missing) { throw $missing }; "$target" }
if ($missing) { return }
Check 'a tensor' {
    $x = New-Tensor 1, 2, 3 -Device $Device -RequiresGrad
    $x.square().sum().backward()
    Assert-That ($x.device.ToString() -eq $target.ToString()) "The tensor is on $($x.device)."
    Assert-That ("$($x.grad.ToArray())" -eq '2 4 6') "The gradient of the sum of squares at 1, 2, 3 is $($x.grad.ToArray())."
    "$($x.device)"
}
Check 'mistakes are errors' {
    # On a GPU, a mistake must be an error too, and the next operation must work.
    $x = [TorchSharp.torch]::ones(2, 3, $double, $target)
    $failed = $false
    try { $null = $x.matmul($x) } catch { $failed = $true }
    Assert-That $failed 'A matrix product of 2x3 and 2x3 raised no error.'
    Assert-That ($x.sum().item() -eq 6) 'The next operation is wrong.'
}
Check 'linear algebra' {
    $d = New-MultivariateNormalDistribution 0, 1 -CovarianceMatrix @(@(2, 0.5), @(0.5, 1)) -Device $Device
    "log-density $($d.LogProb((New-Tensor 0, 0 -Device $Device)).item().ToString('R'))"
}
