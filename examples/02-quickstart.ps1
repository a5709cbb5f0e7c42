<#
.SYNOPSIS
    From distributions to proven gradients, a trained VAE, a CSV file and a chart.
.DESCRIPTION
    1. Checks the gradient of every reparameterized distribution in the catalog.
    2. Trains a small VAE on the embedded handwritten digits, for two latent sizes.
    3. Writes every epoch to a CSV file and the ELBO curves to a PNG.
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/02-quickstart.ps1
.PARAMETER OutPath
    The folder for the results; created if it does not exist.
.PARAMETER Epochs
    The number of epochs per VAE.
#>
param(
    [string] $OutPath = 'quickstart',
    [int] $Epochs = 30
)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

'Gradient checks: z = g(eps; theta), analytic dz/dtheta against a reference that does not use it'
$checks = Get-DistributionType | Where-Object HasRSample | Test-ReparameterizationGradient -Seed 1
$checks
$failed = @($checks | Where-Object Passed -EQ $false)
"$($checks.Count) gradients checked, $($failed.Count) failed"

''
'Training a VAE on 1,797 handwritten digits, latent sizes 2 and 8'
$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)
$csv = [System.IO.Path]::Combine($folder, 'epochs.csv')
$png = [System.IO.Path]::Combine($folder, 'elbo.png')
New-ExperimentGrid ([ordered]@{ LatentSize = 2, 8 }) |
    Invoke-VaeTraining -Epochs $Epochs -HiddenSize 128 -Seed 1 |
    Export-ExperimentData -Path $csv -Force

$rows = Import-ExperimentData -Path $csv
$null = $rows | Export-Chart -X Epoch -Y TestElbo -GroupBy LatentSize -Title 'VAE on handwritten digits: bound on unseen digits' -Path $png -Force
foreach ($row in $rows | Where-Object Epoch -EQ $Epochs) {
    "latent size $($row.LatentSize): bound on unseen digits $($row.TestElbo.ToString('F2')) nats after $($row.Epoch) epochs (reconstruction $($row.Reconstruction.ToString('F2')), KL $($row.KlDivergence.ToString('F2')) on the training digits)"
}

''
"Done: $($rows.Count) epochs in $csv, the curves in $png"
