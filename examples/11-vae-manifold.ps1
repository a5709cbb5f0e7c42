<#
.SYNOPSIS
    Figure 4 of 'Auto-Encoding Variational Bayes': the manifold of two latent dimensions; also samples, reconstructions and the latent space of the digits.
.PARAMETER DataPath
    Images (IDX, CSV, .npy or a folder of PNG). Default: the embedded digits.
.PARAMETER Epochs
    The number of epochs.
.PARAMETER OutPath
    The folder for the results.
#>
param(
    [string] $DataPath,
    [int] $Epochs = 60,
    [string] $OutPath = 'vae-manifold'
)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)
$last = $null
# An empty -DataPath is an error; without -DataPath, training uses the embedded digits.
$data = $DataPath ? @{ DataPath = $DataPath } : @{}
Invoke-VaeTraining @data -LatentSize 2 -HiddenSize 256, 128 -Epochs $Epochs -Seed 1 -OutPath "$folder/run" -CheckpointEpochs 10 -Resume |
    ForEach-Object { $last = $_ }
"ELBO on held-out images $($last.TestElbo.ToString('F2')) nats after $($last.Epoch) epochs"

$model = Import-VaeModel "$folder/run"
$null = $model | Invoke-VaeSampling -Manifold 20 | Export-ImageGrid "$folder/manifold.png" -Columns 20 -Gap 0
$null = $model | Invoke-VaeSampling -Count 100 -Seed 1 | Export-ImageGrid "$folder/samples.png"
$null = $model | Invoke-VaeReconstruction -Count 40 | Export-ImageGrid "$folder/reconstructions.png" -Columns 10
$points = @($model | Invoke-VaeEncode -Part all)
$group = if ($null -eq $points[0].Label) { @{} } else { @{ GroupBy = 'Label' } }
$null = $points | Export-Chart -Kind Scatter -X Z1 -Y Z2 @group -Title 'Latent space' -Path "$folder/latent.png"
$model | Measure-VaeLikelihood -Samples 100 -Seed 1
"Done: manifold.png, samples.png, reconstructions.png and latent.png in $folder"
