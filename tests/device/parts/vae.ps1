$root = [IO.Path]::Combine([IO.Path]::GetTempPath(), 'reparamps-check-' + [guid]::NewGuid().ToString('N'))
$null = [IO.Directory]::CreateDirectory($root)
$small = @{ Epochs = 1; Seed = 1; HiddenSize = 32; LatentSize = 3; DType = 'float64'; BatchSize = 128 }

# One epoch on the device and on the CPU, from the same weights, order and noise.
function Compare-Training([string] $name, [hashtable] $settings, [double] $tolerance = 1e-6) {
    Check $name {
        $here = Invoke-VaeTraining @small @settings -Device $Device
        $there = Invoke-VaeTraining @small @settings -Device cpu
        foreach ($figure in 'TrainElbo', 'TestElbo') {
            $difference = [Math]::Abs($here.$figure - $there.$figure) / [Math]::Abs($there.$figure)
            Assert-That ($difference -le $tolerance) "${figure}: $($here.$figure) here and $($there.$figure) on the CPU."
        }
        Assert-That ($here.RunId -eq $there.RunId) "The run ids differ: $($here.RunId) and $($there.RunId)."
        "TrainElbo $($here.TrainElbo.ToString('G6')), TestElbo $($here.TestElbo.ToString('G6')), $($here.Seconds.ToString('F2')) s here and $($there.Seconds.ToString('F2')) s on the CPU"
    }
}
try {
    Compare-Training 'elbo' @{}
    Compare-Training 'sgvba, clipped' @{ Objective = 'sgvba'; GradientClip = 5 }
    Compare-Training 'iwae' @{ Objective = 'iwae'; Samples = 5 }
    Compare-Training 'stl' @{ Objective = 'stl' }
    Compare-Training 'dreg' @{ Objective = 'dreg'; Samples = 5 }
    Compare-Training 'full covariance' @{ Posterior = 'fullnormal' }
    Compare-Training 'mixture prior, adamw' @{ Prior = 'mixture'; Optimizer = 'adamw'; WeightDecay = 0.01 }
    Compare-Training 'gaussian, sgd' @{ Likelihood = 'learnedgaussian'; Optimizer = 'sgd'; LearningRate = 1e-4 }
    Compare-Training 'continuous Bernoulli' @{ Likelihood = 'continuousbernoulli' }
    Compare-Training 'dynamic binarization' @{ Binarization = 'dynamic' }
    foreach ($posterior in 'Laplace', 'Kumaraswamy', 'LogNormal', 'RelaxedBernoulli', 'Gamma', 'VonMisesFisher') { Compare-Training "$posterior posterior" @{ Posterior = $posterior } }
    Check 'float32' {
        $here = @(Invoke-VaeTraining -Epochs 3 -Seed 1 -Device $Device)
        $there = @(Invoke-VaeTraining -Epochs 3 -Seed 1 -Device cpu)
        Assert-That ([Math]::Abs($here[2].TestElbo - $there[2].TestElbo) -lt 0.2) "TestElbo after 3 epochs: $($here[2].TestElbo) here and $($there[2].TestElbo) on the CPU."
        "TestElbo $($here[2].TestElbo.ToString('G5')), on the CPU $($there[2].TestElbo.ToString('G5')); $([int] $here[2].SamplesPerSecond) images/s here and $([int] $there[2].SamplesPerSecond) on the CPU"
    }
    foreach ($way in @(@{ From = 'cpu'; To = $Device; Folder = 'from-cpu' }, @{ From = $Device; To = 'cpu'; Folder = 'to-cpu' })) {
        Check "checkpoint from $($way.From) to $($way.To)" {
            $run = [IO.Path]::Combine($root, $way.Folder)
            $two = $small.Clone(); $two.Epochs = 2
            $null = @(Invoke-VaeTraining @small -OutPath $run -Device $way.From)
            $rows = @(Invoke-VaeTraining @two -OutPath $run -Resume -Device $way.To)
            $whole = @(Invoke-VaeTraining @two -Device cpu)
            Assert-That ($rows.Count -eq 2) "$($rows.Count) rows."
            Assert-That ([Math]::Abs($rows[1].TrainElbo - $whole[1].TrainElbo) -le 1e-6 * [Math]::Abs($whole[1].TrainElbo)) "TrainElbo: $($rows[1].TrainElbo) after the move and $($whole[1].TrainElbo) without."
            "TrainElbo $($rows[1].TrainElbo.ToString('R')), without the move $($whole[1].TrainElbo.ToString('R'))"
        }
    }
    Check 'a model on the device' {
        $run = [IO.Path]::Combine($root, 'from-cpu')
        $here = Import-VaeModel $run -Device $Device
        $there = Import-VaeModel $run
        $a = $here | Measure-VaeLikelihood -Samples 20 -Seed 1
        $b = $there | Measure-VaeLikelihood -Samples 20 -Seed 1
        Assert-That ([Math]::Abs($a.LogLikelihood - $b.LogLikelihood) -le 1e-6 * [Math]::Abs($b.LogLikelihood)) "Log-likelihood: $($a.LogLikelihood) here and $($b.LogLikelihood) on the CPU."
        $images = @($here | Invoke-VaeSampling -Count 3 -Seed 1)
        $same = @($there | Invoke-VaeSampling -Count 3 -Seed 1)
        Assert-That ([Math]::Abs($images[2].Pixels[30] - $same[2].Pixels[30]) -lt 1e-9) 'The samples differ.'
        $null = @($here | Invoke-VaeReconstruction -Count 3)
        "log-likelihood $($a.LogLikelihood.ToString('G6'))"
    }
}
finally { [IO.Directory]::Delete($root, $true) }
