<#
.SYNOPSIS
    Figure 2 of 'Auto-Encoding Variational Bayes': the ELBO on held-out images against the number of training samples seen, for several latent sizes.
.DESCRIPTION
    500 hidden units with tanh, weights from N(0, 0.01), weight decay from an N(0, I) prior, minibatches of 100, one draw per image, Adagrad
    (Kingma, Welling 2013, arXiv:1312.6114, section 5). On MNIST, Fashion-MNIST (Debian: dataset-fashion-mnist) or any other IDX files; -Quick uses the
    embedded digits and smaller networks, and takes less than a minute.
.PARAMETER DataPath
    The training images.
.PARAMETER TestPath
    The test images.
.PARAMETER LearningRate
    The paper chose 0.01, 0.02 or 0.1.
.PARAMETER InitialScale
    The standard deviation of the first weights: 0.01, or 0.1 if the paper's N(0, 0.01) means a variance.
.PARAMETER Epochs
    The number of epochs.
.PARAMETER OutPath
    The folder for the results.
.PARAMETER Quick
    Uses the embedded digits and smaller networks.
#>
param(
    [string] $DataPath = '/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz',
    [string] $TestPath = '/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz',
    [double] $LearningRate = 0.02,
    [double] $InitialScale = 0.01,
    [int] $Epochs = 20,
    [string] $OutPath = 'vae-latent-sizes',
    [switch] $Quick
)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)
$csv = [System.IO.Path]::Combine($folder, 'epochs.csv')
$png = [System.IO.Path]::Combine($folder, 'bound.png')
$common = @{
    Activation = 'tanh'; Initialization = 'normal'; InitialScale = $InitialScale; BatchSize = 100
    Optimizer = 'adagrad'; LearningRate = $LearningRate; Epochs = $Epochs; Seed = 1
}
if ($Quick) {
    $common += @{ HiddenSize = 100; WeightDecay = 1 / 1438 }
} else {
    foreach ($file in $DataPath, $TestPath) {
        if (-not [System.IO.File]::Exists($file)) { throw "'$file' is not there. Name IDX files by -DataPath and -TestPath, install Debian's dataset-fashion-mnist, or use -Quick." }
    }
    $common += @{ DataPath = $DataPath; TestPath = $TestPath; HiddenSize = 500; WeightDecay = 1 / 60000 }
}

New-ExperimentGrid ([ordered]@{ LatentSize = 3, 5, 10, 20, 200 }) |
    Invoke-VaeTraining @common |
    ForEach-Object {
        [pscustomobject]@{ LatentSize = $_.LatentSize; Epoch = $_.Epoch; SamplesSeen = $_.Epoch * $_.TrainCount; TrainElbo = $_.TrainElbo; TestElbo = $_.TestElbo }
    } |
    Export-ExperimentData -Path $csv -Force

$rows = Import-ExperimentData -Path $csv
$null = $rows | Export-Chart -X SamplesSeen -Y TestElbo -GroupBy LatentSize -Title 'Bound on unseen images against training samples seen' -Path $png
foreach ($row in $rows | Where-Object Epoch -EQ $Epochs) { "latent size $($row.LatentSize): bound $($row.TestElbo.ToString('F2')) nats on unseen images" }
"Done: $($rows.Count) epochs in $csv, the curves in $png"
