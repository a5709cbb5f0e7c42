function Get-DeviceMemory {
    if ($isCpu) { return [Diagnostics.Process]::GetCurrentProcess().WorkingSet64 / 1MB }
    $start = [Diagnostics.ProcessStartInfo]::new('nvidia-smi')
    foreach ($argument in "--id=$([Math]::Max(0, $target.index))", '--query-gpu=memory.used', '--format=csv,noheader,nounits') { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardOutput = $true
    try { [double] [Diagnostics.Process]::Start($start).StandardOutput.ReadToEnd().Trim() } catch { throw 'skip: nvidia-smi is not on this machine.' }
}
# 1,000 draws of 25,000 numbers with their gradients, none of them disposed: about 0.8 GB if nothing were freed.
Check 'flat over 1,000 calls' {
    $d = New-NormalDistribution 0 1 -RequiresGrad -Device $Device
    function Invoke-Calls([int] $calls) { for ($i = 0; $i -lt $calls; $i++) { ($d | Invoke-RSample -Count 25000 -Seed $i -AsTensor).square().mean().backward() } }
    Invoke-Calls 100
    $before = Get-DeviceMemory
    Invoke-Calls 1000
    $after = Get-DeviceMemory
    Assert-That ($after - $before -lt 256) "Memory grew by $([int] ($after - $before)) MB."
    "$([int] $before) MB before, $([int] $after) MB after"
}
Check 'tensors are released' {
    [GC]::Collect(); [GC]::WaitForPendingFinalizers()
    $before = [TorchSharp.torch+Tensor]::TotalCount
    foreach ($i in 1..50) {
        $null = New-GammaDistribution 2 1 -Device $Device | Invoke-Sample -Count 100 -Seed $i
        $null = New-GammaDistribution 2 1 -Device $Device | Get-LogProbability -Value 1
    }
    [GC]::Collect(); [GC]::WaitForPendingFinalizers()
    $grown = [TorchSharp.torch+Tensor]::TotalCount - $before
    Assert-That ($grown -lt 20) "$grown tensors are left."
    "$grown tensors are left after 100 calls"
}
