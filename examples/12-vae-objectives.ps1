<#
.SYNOPSIS
    A beta sweep, the four likelihoods, and the objectives side by side, on the embedded digits.
.PARAMETER Epochs
    The number of epochs per run.
.PARAMETER OutPath
    The folder for the results.
.PARAMETER Quick
    Three epochs, fewer settings and fewer draws: the same figures in rough, within a minute on two cores.
#>
param(
    [int] $Epochs = 20,
    [string] $OutPath = 'vae-objectives',
    [switch] $Quick
)
$ErrorActionPreference = 'Stop'
if ($Quick -and -not $PSBoundParameters.ContainsKey('Epochs')) { $Epochs = 3 }
$beta = $Quick ? @(0.5, 1, 2) : @(0.25, 0.5, 1, 2, 4)
$draws = $Quick ? 50 : 200
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)

'Beta: what the KL term costs the reconstruction'
$betas = New-ExperimentGrid ([ordered]@{ Beta = $beta }) | Invoke-VaeTraining -Epochs $Epochs -Seed 1 | Where-Object Epoch -EQ $Epochs
foreach ($row in $betas) { "  beta $($row.Beta): reconstruction $($row.Reconstruction.ToString('F2')), KL $($row.KlDivergence.ToString('F2')), bound on unseen digits $($row.TestElbo.ToString('F2'))" }
$null = $betas | Export-Chart -X KlDivergence -Y Reconstruction -Title 'Rate and distortion over beta' -Path "$folder/beta.png"

'Likelihoods (densities of different kinds: their nats do not compare)'
New-ExperimentGrid ([ordered]@{ Likelihood = 'bernoulli', 'continuousbernoulli', 'gaussian', 'learnedgaussian' }) |
    Invoke-VaeTraining -Epochs $Epochs -Seed 1 -LikelihoodScale 0.2 -OutPath { "$folder/$($_.Likelihood)" } -Force -CheckpointEpochs 0 |
    Where-Object Epoch -EQ $Epochs |
    ForEach-Object {
        $null = Invoke-VaeReconstruction "$folder/$($_.Likelihood)" -Count 20 | Export-ImageGrid "$folder/$($_.Likelihood).png" -Columns 10
        "  $($_.Likelihood): bound on unseen digits $($_.TestElbo.ToString('F2'))"
    }

'Objectives: importance-sampled log-likelihood of unseen digits'
New-ExperimentGrid ([ordered]@{ Objective = 'elbo', 'iwae', 'stl', 'dreg' }) |
    Invoke-VaeTraining -Epochs $Epochs -Samples 5 -Seed 1 -OutPath { "$folder/$($_.Objective)" } -Force -CheckpointEpochs 0 |
    Where-Object Epoch -EQ $Epochs |
    ForEach-Object {
        $found = Measure-VaeLikelihood "$folder/$($_.Objective)" -Samples $draws -Seed 1
        "  $($_.Objective): $($found.LogLikelihood.ToString('F2')) nats (bound $($found.Elbo.ToString('F2')), $($found.ActiveUnits) of $($found.LatentSize) dimensions active)"
    }
"Done: pictures and runs in $folder"
