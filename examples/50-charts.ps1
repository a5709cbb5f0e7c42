<#
.SYNOPSIS
    Every kind of chart: the pictures of the gallery in README.md.
.DESCRIPTION
    Each picture is one command over a few rows. Takes seconds.
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/50-charts.ps1
.PARAMETER OutPath
    The folder for the pictures; created if it does not exist.
#>
param([string] $OutPath = 'charts')
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }
$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)

$curves = foreach ($point in New-ExperimentGrid ([ordered]@{ Rate = 0.1, 0.2, 0.4; Epoch = 1..20 }) -Repeat 5) {
    $noise = (New-NormalDistribution 0 0.05 | Invoke-Sample -Seed (100 * $point.Seed + $point.Epoch)).Values[0]
    [pscustomobject]@{ Rate = $point.Rate; Epoch = $point.Epoch; Seed = $point.Seed; Loss = [math]::Exp(-$point.Rate * $point.Epoch) + 0.1 + $noise }
}
$days = foreach ($day in 0..59) { [pscustomobject]@{ Day = [datetime]::new(2026, 1, 1).AddDays($day); Runs = 20 + 15 * [math]::Sin($day / 7) } }
$errors = foreach ($count in 1, 3, 10, 30, 100, 300, 1000, 3000) {
    foreach ($name in 'Random', 'Halton') { [pscustomobject]@{ Points = $count; Method = $name; Error = [math]::Pow($count, $name -eq 'Random' ? -0.5 : -0.9) } }
}
$clouds = foreach ($label in 0..2) {
    $x = (New-NormalDistribution (2 * $label) 0.8 | Invoke-Sample -Count 120 -Seed (1 + $label)).Values
    $y = (New-NormalDistribution ($label % 2) 0.5 | Invoke-Sample -Count 120 -Seed (11 + $label)).Values
    foreach ($i in 0..119) { [pscustomobject]@{ Z1 = $x[$i]; Z2 = $y[$i]; Label = $label } }
}
$settings = foreach ($point in New-ExperimentSearch @{ Rate = New-LogUniformDistribution 1e-4 1e-1; Size = 2, 4, 8; Optimizer = 'Adam', 'SGD' } -Count 60 -Strategy Sobol -Seed 1) {
    [pscustomobject]@{ Rate = $point.Rate; Size = $point.Size; Optimizer = $point.Optimizer; Loss = [math]::Pow([math]::Log10($point.Rate) + 2.5, 2) + 1 / $point.Size }
}

$null = $ExecutionContext.SessionState.Path.PushCurrentLocation('charts')
try {
    $null = $ExecutionContext.SessionState.Path.SetLocation($folder)
    $charts = @(
        $curves | Export-Chart line.png -X Epoch -Y Loss -GroupBy Rate -Band StandardError -Title 'Mean loss and one standard error'
        $errors | Export-Chart logarithmic.png -X Points -Y Error -GroupBy Method -LogX -LogY -Title 'Error of an integral'
        $days | Export-Chart dates.png -X Day -Y Runs -Title 'Runs per day'
        $clouds | Export-Chart scatter.png -Kind Scatter -X Z1 -Y Z2 -GroupBy Label -Title 'Latent space'
        $curves | Where-Object Epoch -In 1, 5, 20 | Export-Chart bar.png -Kind Bar -X Epoch -Y Loss -GroupBy Rate -Band MinMax -Title 'Loss: mean and range'
        New-GammaDistribution 3 1 | Invoke-RSample -Count 2000 -Seed 1 -Expand | Export-Chart histogram.png -X Value -Density -Title 'Gamma(3, 1)'
        New-PoissonDistribution 4 | Invoke-Sample -Count 2000 -Seed 1 -Expand | Export-Chart counts.png -X Value -Title 'Poisson(4)'
        $curves | Where-Object Epoch -LE 8 | Export-Chart heatmap.png -X Epoch -Y Rate -Z Loss -Title 'Mean loss'
        $settings | Export-Chart parallel.png -Kind ParallelCoordinates -X Rate -Y Size, Optimizer, Loss -Z Loss -Title 'Each run from its settings to its loss'
        $curves | Export-Chart panels.png -X Epoch -Y Loss -GroupBy Seed -Facet Rate -Title 'One panel per rate' -Width 1200 -Height 420
        $curves | Export-Chart page.html -X Epoch -Y Loss -GroupBy Rate -Band StandardError -Title 'Mean loss and one standard error'
    )
} finally {
    $null = $ExecutionContext.SessionState.Path.PopLocation('charts')
}
"Done: $($charts.Count) files in $folder"
