# A loop as one types it, with nothing disposed. Prints the largest memory in MB.
param([string]$Module, [int]$Steps)

Import-Module $Module
$d = New-NormalDistribution (New-Tensor 0 -RequiresGrad) (New-Tensor 1 -RequiresGrad)
foreach ($step in 1..$Steps) {
    $z = $d | Invoke-RSample -Count 100000 -AsTensor
    $z.pow(2).mean().backward()
}
[Console]::WriteLine([int]([Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB))
