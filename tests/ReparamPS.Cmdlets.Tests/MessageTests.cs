using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>What errors say: the value that is wrong, where it is, and whose fault it is.</summary>
public sealed class MessageTests(ModuleRunspace module) : IClassFixture<ModuleRunspace>
{
    private const string Data = "$y = New-Tensor 1, 2, 3;";

    [Theory]
    [InlineData("New-NormalDistribution 0 (1, 1, 1, 1, 1, 1, 1, 1, -5)", "Scale must be positive; got -5 (at index 8).")]
    [InlineData("New-NormalDistribution 0 ((1, 2), (3, -5))", "Scale must be positive; got -5 (at index [1, 1]).")]
    [InlineData("New-NormalDistribution 0 -1", "Scale must be positive; got -1.")]
    [InlineData("New-UniformDistribution 0 (1, 1, 1, 1, 1, 1, 1, -1)", "High must be finite and greater than Low, 0; got -1 (at index 7).")]
    [InlineData("New-UniformDistribution (0, 2) 1", "High must be finite and greater than Low, 2; got 1 (at index 1).")]
    [InlineData("New-UniformDistribution 5", "High must be finite and greater than Low, 5; got 1.")]
    [InlineData("New-TruncatedNormalDistribution 0 1 5 5", "High must be greater than Low, 5; got 5.")]
    [InlineData("New-TanhNormalDistribution 0 1 -Low 1.5", "High must be finite and greater than Low, 1.5; got 1.")]
    [InlineData("New-LogUniformDistribution (1, 3) 2", "High must be greater than Low, 3; got 2 (at index 1).")]
    [InlineData("New-CategoricalDistribution (1, 1, 1, 1, 1, 1, 1, -0.5)", ": the element at index 7 is -0.5.")]
    [InlineData("New-CategoricalDistribution ((1, 2), (0, 0))", "got [0, 0] (at index 1 of the batch).")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) ((1, 0.5), (0.4, 1))", ": it is not symmetric; the element at index [0, 1] is 0.5, but the element at index [1, 0] is 0.4.")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) ((1, 2), (2, 1))", ": it is symmetric but not positive definite.")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) -ScaleTril ((1, 1), (0, 1))", ": the element at index [0, 1], above the diagonal, is 1.")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) -ScaleTril ((1, 0), (0, -1))", ": the element at index [1, 1], on the diagonal, is -1.")]
    [InlineData("New-CategoricalDistribution @()", "Probs must be a vector of finite, non-negative numbers with a positive sum; got an empty list.")]
    [InlineData("New-OneHotCategoricalDistribution -Logits @()", "Logits must be a vector of numbers below ∞, not all −∞; got an empty list.")]
    [InlineData("New-UniformDistribution 0 ([double]::PositiveInfinity)", "High must be finite and greater than Low; got Infinity.")]
    [InlineData("New-UniformDistribution ([double]::NegativeInfinity) 0", "Low must be finite; got -Infinity.")]
    public void A_wrong_element_is_shown_with_its_place(string script, string ends) =>
        Assert.EndsWith(ends, module.Fails(script, "ParameterOutsideConstraint").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("Test-Gradient { param($x) $x.data.pow(2).sum() } (New-Tensor 1, 2)", "Function failed in line 1: .data is a method here; for a tensor without a gradient, write .detach().")]
    [InlineData("Test-Gradient { param($x) $x.exp.sum() } (New-Tensor 1, 2)", "Function failed in line 1: .exp is a method; write it with parentheses: .exp().")]
    [InlineData("Test-Gradient { param($x) ($x.exp * 2).sum() } (New-Tensor 1, 2)", "Function failed in line 1: a method stands without parentheses; write .sum() instead of .sum, for example.")]
    [InlineData("New-BayesianModel @{ A = New-NormalDistribution 0 1 } { param($p) $p.A.square.mul(-1) } | Invoke-VariationalInference", ": .square is a method; write it with parentheses: .square().")]
    [InlineData("Test-Gradient { param($x) $x.sum } (New-Tensor 1, 2)", "Function must return a tensor; got the method sum, written without parentheses.")]
    [InlineData("New-NormalDistribution (New-Tensor 1, 2).sum", "Loc must hold numbers; got the method sum, written without parentheses.")]
    public void A_method_without_parentheses_is_named(string script, string part) => Assert.Contains(part, Assert.Single(module.TryRun(script).Errors).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("'dose,age', '1,2' | Show-Chart dose age", "X: the rows have no column 'dose'; they have Value. ")]
    [InlineData("'dose,age', '1,2' | Export-Chart ./unused.png dose age", "the rows have no column 'age'; they have Value. ")]
    [InlineData("'dose,age', '1,2' | Measure-ExperimentRun -Metric dose", "Metric: no run has a column 'dose'; the columns are Value. ")]
    [InlineData("New-BayesianModel -Data 'dose,age' -Response age -Predictor dose -Likelihood Normal", "Data has no column 'age' in row 1; its columns are Value. ")]
    public void Text_instead_of_rows_is_named(string script, string part) =>
        Assert.Contains(part + "The input is text, such as 'dose,age', not rows. Import-Csv and Import-ExperimentData read a CSV file.", Assert.Single(module.TryRun(script).Errors).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("New-BayesianModel -Data $null -Response a -Predictor b -Likelihood Normal", "Data is null. Give rows, such as those of Import-Csv.")]
    [InlineData("New-BayesianModel -Data @() -Response a -Predictor b -Likelihood Normal", "Data has no rows.")]
    [InlineData("New-BayesianModel -Data $null, 1 -Response a -Predictor b -Likelihood Normal", "A row must be an object; row 1 is null. Check the variable or command before the pipe.")]
    [InlineData("New-BayesianModel -Data (@(@{ a = 1 }) * 12 + $null) -Response a -Likelihood Normal", "A row must be an object; row 13 is null. Check the variable or command before the pipe.")]
    [InlineData("New-BayesianModel -Data @{ a = 1 } -Response a -NoIntercept -Likelihood Normal", "A regression needs a predictor or an intercept. Give -Predictor, or leave out -NoIntercept.")]
    [InlineData("New-MixtureSameFamilyDistribution (0.3, 0.7) (New-NormalDistribution (0, 1) 1)", "Expected a distribution from New-CategoricalDistribution; got a list.")]
    [InlineData("New-MixtureSameFamilyDistribution (New-NormalDistribution 0 1) (New-NormalDistribution (0, 1) 1)", "Expected a distribution from New-CategoricalDistribution; got 'Normal(Loc: 0, Scale: 1)'")]
    public void An_argument_that_does_not_fit_is_named_with_what_does(string script, string part) => Assert.Contains(part, Assert.Single(module.TryRun(script).Errors).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("Invoke-VaeTraining -DType float16 -Epochs 1", "DType must be float64 or float32; got float16.")]
    [InlineData("Invoke-VaeTraining -DType int64 -Epochs 1", "DType must be float64 or float32; got int64.")]
    [InlineData("New-NeuralPolicy -DType bool", "DType must be float64 or float32; got 'bool'.")]
    [InlineData("New-NormalDistribution -DType int64", "DType must be float64 or float32; got 'int64'.")]
    [InlineData("New-Tensor 1 -DType float16", "DType must be float64, float32, int64 or bool; got 'float16'.")]
    [InlineData("New-Tensor 1 -Device tpu", "Device must be cpu, cuda or cuda:N (N = 0, 1, …); got 'tpu'.")]
    [InlineData("New-ControlProblem -StateSize 1 -ActionSize 1 -InitialState (New-NormalDistribution (,0) 1) -Dynamics { $_ } -Cost { } | Measure-PolicyReturn (New-LinearPolicy 1)", "Cost must return a tensor; got nothing. Let its last line be the tensor.")]
    [InlineData("New-DistributionTransform Independent -BaseTransform (New-DistributionTransform Exp) -ReinterpretedBatchNdims -1", "ReinterpretedBatchNdims must be at least 0; got -1.")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -Support 'in [1, 0]'", "Support must be an interval whose lower bound is below its upper bound; got 'in [1, 0]', whose bounds are reversed.")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -Support 'in (1, 1)'", "; got 'in (1, 1)', whose bounds are equal.")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -Support '[1, 2, 3]'", "an interval with two bounds, such as 'in [0, 1]'; got '[1, 2, 3]', which has 3.")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -Support 'in []'", "such as 'in [0, 1]'; got 'in []', which has none.")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -Support 'in 0, 1'", "an interval in brackets, such as 'in [0, 1]'; got 'in 0, 1'.")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -Support 'in [0, ]'", "got 'in [0, ]', in which a bound is missing.")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -Support more", "'at most b', where a < b and both are numbers or parameters (S).")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -Support 'at least NaN'", "an interval whose bounds are numbers or parameters (S); got 'at least NaN', in which 'NaN' is neither.")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Quantile { } -ParameterConstraint @{ S = 'in [0, S]' }", "ParameterConstraint of S must be an interval whose bounds are numbers; got 'in [0, S]', in which 'S' is not a number.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = 1; Y = 2 }) -Response Y -Predictor X, y -Likelihood Normal", "Predictor must not contain 'Y', which is the response. Remove it from -Predictor.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = [char]'a'; Y = 2 }) -Response Y -Predictor X -Likelihood Normal", "Column 'X' must hold numbers; got 'a' in row 1.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = [DBNull]::Value; Y = 2 }) -Response Y -Predictor X -Likelihood Normal", "Column 'X' must hold a number in each row; row 1 has none. Fill the cell, or leave out the row.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ X = '1'; Y = 2 }, [pscustomobject]@{ X = ''; Y = 3 }) -Response Y -Predictor X -Likelihood Normal", "Column 'X' must hold a number in each row; row 2 has none. Fill the cell, or leave out the row.")]
    [InlineData("New-NormalDistribution | Invoke-Sample -Expand -AsTensor", "Expand and AsTensor cannot be combined. Use one of them.")]
    [InlineData("$x = New-Tensor 1, 2; $x.Dispose(); New-NormalDistribution $x 1", "Loc must hold numbers; got a disposed tensor. Create the tensor again.")]
    [InlineData("$x = New-Tensor 1, 2; $x.Dispose(); ConvertFrom-Tensor $x", "Tensor must hold numbers; got a disposed tensor. Create the tensor again.")]
    [InlineData("Test-Gradient { param($x) $x.to_type([TorchSharp.torch]::int64) } 1, 2", "The function must return a floating-point tensor; got int64.")]
    [InlineData("Test-Gradient { param($x) 'abc' } 1", "Function must return a tensor; got 'abc'.")]
    [InlineData("Test-Gradient { param($x) 5 } 1", "Function must return a tensor; got the number 5, which has no gradient. Use methods of tensors, such as $x.exp() instead of [math]::Exp($x). Leave out .item(), .ToArray() and [double], and add -AsTensor to a cmdlet that returns numbers.")]
    [InlineData("New-NormalDistribution ''", "Loc must hold numbers; got an empty string.")]
    [InlineData("New-NormalDistribution { }", "Loc must hold numbers; got an empty script block.")]
    [InlineData("New-NormalDistribution ([object]::new())", "Loc must hold numbers; got an object of type Object.")]
    [InlineData("New-BayesianModel @{ Mu = New-NormalDistribution } ''", "LogLikelihood must be a script block; got an empty string.")]
    [InlineData("New-BayesianModel @{ Mu = @() }", "The prior of Mu must be a distribution or a script block; got an empty list.")]
    [InlineData("New-NormalDistribution -Device ''", "Device must be cpu, cuda or cuda:N (N = 0, 1, …); got an empty string.")]
    [InlineData("Invoke-VaeTraining -Optimizer ''", "Optimizer must be one of adam, adamw, adagrad, rmsprop, sgd; got an empty string.")]
    [InlineData("New-LKJCholeskyDistribution three", "Dim must be an integer; got 'three'.")]
    [InlineData("New-IndependentDistribution (New-NormalDistribution (1, 2)) { }", "ReinterpretedBatchNdims must be an integer; got an empty script block.")]
    [InlineData("New-NormalDistribution | Measure-Gradient { $z.pow(2); 'x' }", "Objective must return tensors only; it also returned 'x'. Assign other output to $null.")]
    public void A_message_ends_without_the_name_of_a_method_parameter(string script, string ends)
    {
        ErrorRecord error = module.Fails(script, "InvalidArgument");
        Assert.EndsWith(ends, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(error.ToString(), error.Exception.Message);
        Assert.IsAssignableFrom<ArgumentException>(error.Exception);
    }

    [Theory]
    [InlineData("{ param($p) New-NormalDistribution $p.Mu.unsqueeze(-1) 1 | Get-LogProbability $y }", "InvalidArgument", "it returned 9 numbers (-1.35459, -2.78803, -5.22147, …). To return one tensor, add -AsTensor to the cmdlet that writes these numbers, or leave out .ToArray().")]
    [InlineData("{ param($p) (New-NormalDistribution $p.Mu (1, 1, 1, 1)).LogProb((New-Tensor 1, 2, 3, 4)) }", "CustomFunctionFailed", "A scalar parameter such as $p.Mu has the shape [draws]; $p.Mu.unsqueeze(-1), of shape [draws, 1], broadcasts with data of shape [rows]. The parameters had the shapes Mu [3].")]
    [InlineData("{ param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($y).sum() }", "ShapeMismatch", "with 3 draws it returned the shape []. Leave out .sum(), or sum over the data only, with .sum(-1).")]
    [InlineData("{ param($p) (New-NormalDistribution $p.Mu.unsqueeze(0) 1).LogProb($y.unsqueeze(-1)) }", "ShapeMismatch", "with 5 draws it returned the shape [3, 5]. Keep the dimension of the draws first:")]
    [InlineData("{ param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($y); 'debug' }", "InvalidArgument", "it returned 2 objects (a tensor of shape [3, 3], 'debug'). Assign other output to $null.")]
    [InlineData("{ param($p) New-NormalDistribution 2 1 }", "InvalidArgument", "got Normal(Loc: 2, Scale: 1). Call one of its methods, such as .LogProb($x) or .Cdf($x).")]
    [InlineData("{ 5 }", "InvalidArgument", "must return a tensor; got the number 5, which has no gradient.")]
    [InlineData("{ param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($undefined) }", "CustomFunctionFailed", "$undefined is null.")]
    [InlineData("{ (New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($y) }", "CustomFunctionFailed", "Begin the block with param($p).")]
    [InlineData("{ $Mu }", "InvalidArgument", "LogLikelihood returned nothing. Let its last line be the value to return. $Mu is null; write $p.Mu. Begin the block with param($p).")]
    [InlineData("{ param($q) (New-NormalDistribution $Mu.unsqueeze(-1) 1).LogProb($y) }", "CustomFunctionFailed", "$Mu is null; write $q.Mu. The")]
    [InlineData("{ param($p) (New-NormalDistribution 0 $p.Mu.unsqueeze(-1)).LogProb($y) }", "ParameterOutsideConstraint", "LogLikelihood: Scale must be positive; got -0.4361821419119875 (at index [4, 0]). If Scale depends on Mu, use $p.Mu.exp(), or a prior whose values are positive.")]
    [InlineData("{ param($p) New-Tensor abc }", "CustomFunctionFailed", "LogLikelihood failed in line 1: Value must hold numbers; got 'abc'. The")]
    public void A_log_likelihood_that_fails_says_what_to_write(string block, string id, string says) =>
        Assert.Contains(says, module.Fails($"{Data} New-BayesianModel @{{ Mu = New-NormalDistribution }} {block}", id).ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_vector_that_does_not_broadcast_with_data_is_told_how()
    {
        const string Script = "$X = New-Tensor ((1,2),(3,4),(5,6),(7,8)); New-BayesianModel @{ W = New-NormalDistribution (0, 0) 1 } { param($p) (New-NormalDistribution $p.W{0}.mul($X).sum(-1) 1).LogProb((New-Tensor 1, 2, 3, 4)) }";
        Assert.Contains("A vector parameter such as $p.W has the shape [draws, 2]; $p.W.unsqueeze(1), of shape [draws, 1, 2], broadcasts with data of shape [rows, 2].",
            module.Fails(Script.Replace("{0}", "", StringComparison.Ordinal), "CustomFunctionFailed").ToString(), StringComparison.Ordinal);
        Assert.Single(module.Run(Script.Replace("{0}", ".unsqueeze(1)", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("@{ Mu = New-CustomDistribution A @{ S = 1 } -Sample { param($p, $n, $s) $n.Normal($s) } }", "NotSupported", "The prior of Mu (A) has no log-density")]
    [InlineData("@{ Mu = New-TransformedDistribution (New-NormalDistribution) (New-DistributionTransform Abs) }", "NotSupported", "The prior of Mu (TransformedDistribution) has no log-density")]
    [InlineData("@{ Mu = New-VonMisesFisherDistribution (0, 0, 1) 1 }", "NotSupported", "The prior of Mu (VonMisesFisher) is not supported. No one-to-one map from all real numbers to the support 'unit vector' is known. Variational inference needs one: use a prior with another support.")]
    [InlineData("([ordered]@{ V = New-NormalDistribution; Mu = { param($p) New-NormalDistribution 0 $p.V } })", "ParameterOutsideConstraint", "The prior of Mu: Scale must be positive; got -0.4361821419119875 (at index 4). If Scale depends on V, use $p.V.exp()")]
    public void A_prior_that_does_not_work_is_named(string parameters, string id, string says) =>
        Assert.StartsWith(says, module.Fails($"New-BayesianModel {parameters}", id).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("{ param($p) $p.Mu.pow(2) }", "", "Probably the posterior is improper, because the log-density does not fall where Mu is far from 0. Use a prior that falls faster there, or check the sign of -LogLikelihood.")]
    [InlineData("{ param($p) $p.Mu.exp() }", "", "Probably the posterior is improper")]
    [InlineData("{ param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($y) }", "-Optimizer Adam -LearningRate 1e8", "Either LearningRate (100000000) is too large")]
    public void A_fit_that_diverges_says_so(string block, string options, string says)
    {
        string message = module.Fails($"{Data} New-BayesianModel @{{ Mu = New-NormalDistribution }} {block} | Invoke-VariationalInference {options}", "DensityNotFinite").ToString();
        Assert.StartsWith("The fit has diverged: Mu", message, StringComparison.Ordinal);
        Assert.Contains(says, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Simulated_data_may_be_a_list_of_numbers_but_not_text()
    {
        const string model = Data + "$m = New-BayesianModel @{ Mu = New-NormalDistribution } { param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 1).LogProb($y) }; $m | Test-VariationalInference -Simulations 10 -Draws 64 -Simulator ";
        string Message(string simulator) => module.Fails(model + simulator, "InvalidArgument").ToString();
        Assert.Equal("The value of Simulator for y must hold numbers; got 'abc'.", Message("{ @{ y = 'abc' } }"));
        Assert.Equal("Simulator returned an empty hashtable. It must have a key for each variable to simulate that LogLikelihood reads: y.", Message("{ @{} }"));
        Assert.Equal("Simulator returned the key Z, but LogLikelihood reads no variable $Z. Allowed keys: y.", Message("{ @{ y = 1; Z = 2 } }"));
        Assert.Equal("Simulator must return a hashtable with simulated values for the variables that LogLikelihood reads as data, such as @{ y = $draws }; got the tensor '[1, 2]'.", Message("{ New-Tensor 1, 2 }"));
        Assert.Single(module.Run(model + "{ param($p, $seed) @{ y = 1, 2, ($seed % 7) } }"));
    }

    [Theory]
    [InlineData("New-NormalDistribution | Get-Quantile -Probability (0.1, 1.0000001)", "ParameterOutsideConstraint", "Probability must be in [0, 1]; got 1.0000001.")]
    [InlineData("New-BernoulliDistribution 1.0000001 -DType float32", "ParameterOutsideConstraint", "Probs must be in [0, 1]; got 1.0000001.")]
    [InlineData("New-NormalDistribution 0 1e300 -DType float32", "InvalidArgument", "Scale must be between -3.4028235E+38 and 3.4028235E+38, the range of float32; got 1E+300.")]
    [InlineData("New-NormalDistribution 0 (New-Tensor 1e300) -DType float32", "InvalidArgument", "Scale must be between -3.4028235E+38 and 3.4028235E+38, the range of float32; got 1E+300.")]
    [InlineData("New-MixtureSameFamilyDistribution (New-CategoricalDistribution 1, 1) (New-NormalDistribution 0, 1e300 1) -DType float32", "InvalidArgument", "Loc must be between -3.4028235E+38 and 3.4028235E+38, the range of float32; got 1E+300.")]
    [InlineData("New-Tensor 1, -1e39 -DType float32", "InvalidArgument", "Value must be between -3.4028235E+38 and 3.4028235E+38, the range of float32; got -1E+39.")]
    [InlineData("New-CustomDistribution A @{ S = [double]::NaN } -Quantile { param($p, $q) $q }", "ParameterOutsideConstraint", "S must be any number except NaN; got NaN.")]
    [InlineData("New-CustomDistribution A @{ S = 1, [double]::NaN } -EventShape 2 -Sample { param($p, $n, $s) $n.Normal($s) }", "ParameterOutsideConstraint", "S must be a vector without NaN; got [1, NaN].")]
    [InlineData("New-CategoricalDistribution 1, ([double]::PositiveInfinity)", "ParameterOutsideConstraint", "Probs must be a vector of finite, non-negative numbers with a positive sum; got [1, Infinity]: the element at index 1 is Infinity.")]
    [InlineData("New-NormalDistribution 0 1e-60 -DType float32", "ParameterOutsideConstraint", "Scale must be positive; got 0. In float32, 1E-60 is 0: use float64, or a larger number.")]
    [InlineData("New-NormalDistribution 0 (1, 1e-60) -DType float32", "ParameterOutsideConstraint", "Scale must be positive; got 0 (at index 1). In float32, 1E-60 is 0: use float64, or a larger number.")]
    [InlineData("New-CategoricalDistribution 0.1, -0.1, 0.2 -DType float32", "ParameterOutsideConstraint", "got [0.1, -0.1, 0.2]: the element at index 1 is -0.1.")]
    [InlineData("New-Distribution Normal @{ Mean = 0; StdDev = 2 }", "InvalidArgument", "Normal has no parameters 'Mean', 'StdDev'. Allowed: Loc, Scale.")]
    [InlineData("New-Distribution Normal @{ Mean = 0; Scael = 2 }", "InvalidArgument", "Normal has no parameters 'Mean', 'Scael'. Allowed: Loc, Scale. Did you mean Scale?")]
    [InlineData("New-RelaxedOneHotCategoricalDistribution 0.2, 0.5, 0.3", "InvalidArgument", "RelaxedOneHotCategorical requires Probs or Logits; got neither. The first argument is Temperature; give Probs by name: -Probs ….")]
    [InlineData("New-BinomialDistribution 0.3", "InvalidArgument", "Binomial requires Probs or Logits; got neither. The first argument is TotalCount; give Probs by name: -Probs ….")]
    [InlineData("New-MultivariateNormalDistribution (0, 0)", "InvalidArgument", "MultivariateNormal requires CovarianceMatrix, PrecisionMatrix or ScaleTril; got none. The first argument is Loc; give CovarianceMatrix by name: -CovarianceMatrix ….")]
    [InlineData("New-RelaxedOneHotCategoricalDistribution (0.2, 0.8) 0.5", "ShapeMismatch", "got a single number. The first argument is Temperature; give Probs by name: -Probs ….")]
    [InlineData("New-BinomialDistribution (2, 8) 10", "ParameterOutsideConstraint", "Probs must be in [0, 1]; got 10. The first argument is TotalCount; give Probs by name: -Probs ….")]
    [InlineData("New-ControlProblem -Name Custom", "ParameterArgumentValidationError", "Expected one of Lqr, Pendulum; got 'Custom'. A custom problem has -Dynamics")]
    [InlineData("New-BernoulliDistribution", "InvalidArgument", "Bernoulli requires Probs or Logits; got neither.")]
    [InlineData("New-GeometricDistribution 0.3 -Logits 1", "InvalidArgument", "Geometric takes only one of Probs, Logits; got Probs and Logits.")]
    [InlineData("[pscustomobject]@{ 'Beta;Elbo' = '0,5;-40' } | Get-LogProbability -Distribution (New-NormalDistribution)", "InvalidArgument", "Value must hold numbers; got a row with one column, 'Beta;Elbo', from a file whose delimiter may be ';'.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ 'Beta;Elbo' = '0,5;-40' }) -Response Elbo -Likelihood Normal", "InvalidArgument", "Data has no column 'Elbo' in row 1; its columns are Beta;Elbo. The delimiter of the file may be ';': import the file with -Delimiter ';'.")]
    [InlineData("New-BayesianModel -Data ([pscustomobject]@{ Beta = 1; Elbo = 2 }) -Response Ebo -Likelihood Normal", "InvalidArgument", "its columns are Beta, Elbo. Did you mean Elbo?")]
    [InlineData("[pscustomobject]@{ 'Beta;Elbo' = '0,5;-40' } | Export-Chart g.png Beta Elbo", "InvalidArgument", "the rows have no column 'Elbo'; they have Beta;Elbo. The delimiter of the file may be ';': import the file with -Delimiter ';'.")]
    [InlineData("[pscustomobject]@{ A = 1; B = 2 } | Get-LogProbability -Distribution (New-NormalDistribution)", "InvalidArgument", "Value must hold numbers; got a row with the columns A, B.")]
    [InlineData("[pscustomobject]@{ Index = 0; Z1 = 1 }, [pscustomobject]@{ Index = 1; Z1 = 1 } | Export-ImageGrid g.png", "InvalidArgument", "InputObject must be an image from Invoke-VaeSampling, Invoke-VaeDecode or Invoke-VaeReconstruction; got a row with the columns Index, Z1. For latent points from Invoke-VaeEncode, use Invoke-VaeDecode first.")]
    [InlineData("Invoke-VaeTraining -LatentSize 2 -HiddenSize 2 -Epochs 2 -Seed 1 | Invoke-VaeEncode", "InvalidArgument", "got a row of Invoke-VaeTraining. A row holds no model: store the run with -OutPath, and give that folder.")]
    [InlineData("Invoke-VaeTraining -LatentSize 2 -HiddenSize 2 -Epochs 1 -Seed 1 | Import-VaeModel", "ParameterArgumentTransformationError", "got a row of Invoke-VaeTraining. A row holds no model: store the run with -OutPath, and give that folder.")]
    [InlineData("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 2 | Invoke-PolicyTraining (New-LinearPolicy 0.2 -Scale 0.1) -Iterations 1 -Trajectories 2 | Import-PolicyModel", "ParameterArgumentTransformationError", "got a row of Invoke-PolicyTraining. A row holds no model:")]
    [InlineData("New-NormalDistribution | Measure-KLDivergence -Q (New-NormalDistribution 1 2) | Import-ExperimentData", "ParameterArgumentTransformationError", "Expected text, or a list of texts; got an object of type DivergenceRow.")]
    [InlineData("New-NormalDistribution | Measure-Gradient { $_.pow(2).item() } -Draws 10", "CustomFunctionFailed", "Objective failed in line 1: item() needs a tensor with one element; this one has the shape [10]. Leave out .item() if a tensor will do, which also keeps the gradient; otherwise use .ToArray(). Objective got a tensor of shape [10].")]
    [InlineData("New-NormalDistribution | Compare-GradientEstimator { [math]::Pow($_, 2) } -Draws 10", "CustomFunctionFailed", "Objective failed in line 1: a tensor with")]
    [InlineData("New-NormalDistribution | Measure-Gradient { param($a, $b) $a.mul($b) } -Draws 10", "CustomFunctionFailed", "The block gets 1 tensor, so $b is null. Objective got a tensor of shape [10].")]
    [InlineData("Test-Gradient { param($x, $y) $x.nope($y) } -InputTensor (New-Tensor 1, 2), (New-Tensor 3)", "CustomFunctionFailed", "does not contain a method named 'nope'. Function got tensors of shapes [2], [].")]
    [InlineData("New-DirichletDistribution 1, 2, 3 | Get-LogProbability -Value 0.3333333333", "ShapeMismatch", "A value of Dirichlet must have the shape [3], and several values a shape that ends with it; got a single number.")]
    [InlineData("New-OneHotCategoricalDistribution 0.2, 0.3, 0.5 | Get-LogProbability -Value 2", "ShapeMismatch", "A value of OneHotCategorical must have the shape [3], and several values a shape that ends with it; got a single number. For the index of a category, use Categorical.")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) ((1, 0), (0, 1)) | Get-LogProbability (1, 2, 3)", "ShapeMismatch", "A value of MultivariateNormal must have the shape [2], and several values a shape that ends with it; got the shape [3].")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) ((1, 0), (0, 1)) | Get-CumulativeProbability (1, 2)", "NotSupported", "MultivariateNormal has no cumulative distribution function: it is multivariate.")]
    [InlineData("New-TransformedDistribution (New-NormalDistribution) (New-DistributionTransform Abs) | Get-CumulativeProbability 1", "NotSupported", "The cumulative distribution function of TransformedDistribution is not implemented for the transform Abs, which is not monotone.")]
    [InlineData("New-BernoulliDistribution -Logits 0 | Measure-Gradient Quadratic MeasureValued", "NotSupported", "MeasureValued does not apply to Bernoulli: the parameter is Logits. Create the distribution with Probs instead.")]
    [InlineData("New-BernoulliDistribution (,0.5 * 40) | Measure-Gradient Quadratic Enumerated", "NotSupported", "its batch has 40 members; at most 16 members are allowed, with at most 65536 combinations of their values.")]
    [InlineData("New-NormalDistribution | Measure-Gradient { $z.gt(0) }", "NotSupported", "it is Boolean or integer, such as the result of a comparison.")]
    [InlineData("New-GammaDistribution 2 1 | Test-ReparameterizationGradient -Method FrozenNoise", "NotSupported", "so there is no fixed noise to hold.")]
    [InlineData("New-LinearPolicy @()", "ShapeMismatch", "Gain must be a matrix (nested arrays, one per row), such as ((1, 0), (0, 1)); got an empty list.")]
    [InlineData("New-MultivariateNormalDistribution (0, 0) @()", "ShapeMismatch", "CovarianceMatrix must be 2 × 2, because Loc has length 2; got an empty list.")]
    [InlineData("New-NormalDistribution (1, 2, 3) (1, 2)", "ShapeMismatch", "The shapes of the parameters of Normal do not broadcast: Loc [3], Scale [2]. Give each one number, or lists of the same length.")]
    [InlineData("New-NormalDistribution ((1, 2), (3, 4), (5, 6)) (1, 2, 3)", "ShapeMismatch", "Loc [3, 2], Scale [3]. Sizes of the same dimension, counted from the last, must be equal or 1.")]
    [InlineData("New-MultivariateNormalDistribution ((0, 0), (0, 0), (0, 0)) (((1, 0), (0, 1)), ((1, 0), (0, 1)))", "ShapeMismatch", "The batch shapes of the parameters of MultivariateNormal do not broadcast: Loc [3], CovarianceMatrix [2]. Sizes")]
    [InlineData("New-NormalDistribution ((1, 2), (3, 4)) 1 | Get-Quantile (0.1, 0.2, 0.3)", "ShapeMismatch", "Numbers of shape [3] do not broadcast with the batch shape [2, 2]. Sizes of the same dimension, counted from the last, must be equal or 1.")]
    [InlineData("New-LogisticNormalDistribution (1, 2, 3) (1, 2)", "ShapeMismatch", "Scale must have 3 elements, as Loc has, or 1; got 2.")]
    [InlineData("New-TransformedDistribution (New-NormalDistribution (0, 0, 0) 1) (New-DistributionTransform Affine -Scale 1, 2)", "ShapeMismatch", "Affine: the shapes do not broadcast: values [3], Loc [], Scale [2]. Sizes")]
    [InlineData("New-TransformedDistribution (New-NormalDistribution (0, 0, 0) 1) (New-DistributionTransform CumulativeDistribution -Distribution (New-NormalDistribution (0, 0) 1))", "ShapeMismatch", "CumulativeDistribution: the shapes do not broadcast: values [3], batch shape of Distribution [2]. Sizes")]
    [InlineData("New-Distribution MixtureSameFamily @{ MixtureDistribution = New-NormalDistribution 0 1; ComponentDistribution = New-NormalDistribution (0, 0) 1 }", "InvalidArgument", "MixtureDistribution must be a distribution from New-CategoricalDistribution; got Normal(Loc: 0, Scale: 1).")]
    [InlineData("New-CustomDistribution Foo @{ S = 1.0 } -Sample { param($p, $n, $s) $n.Normal($s).mul($p.S) } | Get-Quantile 0.5", "NotSupported", "Foo has no quantile function. Create the distribution with Quantile, or with both Cdf and LogProbability.")]
    [InlineData("New-CustomDistribution Foo @{ S = 1.0 } -Support 'non-negative integer' -NoRSample -Cdf { param($p, $x) $x } -Sample { param($p, $n, $s) $n.Normal($s).mul(0) } | Get-Quantile 0.5", "NotSupported", "Foo has no quantile function: for a discrete Support, it is not computed from Cdf. Create the distribution with Quantile.")]
    [InlineData("New-CustomDistribution Foo @{ S = 1.0 } -EventShape 2, 2 -Sample { param($p, $n, $s) $n.Normal($s).mul($p.S) } -LogProbability { param($p, $x) $x } | Get-LogProbability ((1, 2), (3, 4))", "CustomFunctionFailed", "Return one number per draw: sum over the last 2 dimensions only, with .sum(-1).sum(-1).")]
    [InlineData("New-LowRankMultivariateNormalDistribution (0, 0) (1, 2) (1, 1)", "ShapeMismatch", "CovFactor must be a matrix with 2 rows, because Loc has 2 elements; got the shape [2].")]
    [InlineData("New-IndependentDistribution (New-NormalDistribution 0 1) 1", "ShapeMismatch", "ReinterpretedBatchNdims must be 0, because Normal has no batch dimensions; got 1.")]
    [InlineData("New-ControlProblem Lqr -A ((1, 2, 3), (0, 1, 2)) -B (1, 2) -Q 1 -R 1", "ShapeMismatch", "A must be square; got 2 × 3.")]
    [InlineData("New-ControlProblem Lqr -A 1 -B 1 -Q ((1, 2), (0, 1)) -R 1", "ShapeMismatch", "Q must be 1 × 1, because A is 1 × 1; got 2 × 2.")]
    [InlineData("$x = New-Tensor 1, 2; $d = New-NormalDistribution $x 1; $x.Dispose(); $d | Invoke-RSample -Count 2", "UnexpectedError", "The tensor given as Loc of Normal has been disposed. Create the distribution again, and do not dispose its tensors while it is used.")]
    // Two arguments after input from the pipeline are two positions of one parameter, and PowerShell drops the first.
    [InlineData("New-NormalDistribution | Get-LogProbability 0 1", "InvalidArgument", "Value must be given once; got '0' and '1'. Write several values as a list, such as -Value 0.1, 0.5.")]
    [InlineData("New-NormalDistribution | Get-Quantile 0.1 0.9", "InvalidArgument", "Probability must be given once; got '0.1' and '0.9'. Write several values as a list, such as -Probability 0.1, 0.5.")]
    [InlineData("New-NormalDistribution | Get-CumulativeProbability 0 -UpperTail $true", "InvalidArgument", "Value must be given once; got '0' and 'True'. If it is the value of a switch, write a colon before it, as in -Force:$false. A switch without a value is on.")]
    [InlineData("New-NormalDistribution | Invoke-RSample 5 6", "InvalidArgument", "Count must be given once; got '5' and '6'.")]
    [InlineData("New-NormalDistribution (0, 1) 1 | New-IndependentDistribution 7 1", "InvalidArgument", "ReinterpretedBatchNdims must be given once; got '7' and '1'.")]
    [InlineData("Get-LogProbability 0 (New-NormalDistribution)", "InvalidArgument", "The distribution comes first, then the value: Get-LogProbability $distribution 0.5.")]
    [InlineData("Get-Quantile 0.5", "InvalidArgument", "Distribution is missing. Pipe distributions, or write Get-Quantile $distribution 0.5.")]
    [InlineData("New-NormalDistribution | Get-LogProbability", "InvalidArgument", "Distribution and Value are both required. Pipe distributions and give -Value, or pipe values and give -Distribution.")]
    [InlineData("1, 2 | Get-Quantile", "InvalidArgument", "Distribution and Probability are both required. Pipe distributions and give -Probability, or pipe values and give -Distribution.")]
    [InlineData("New-NormalDistribution | Invoke-Sample -Count 2 -SampleShape 2, 3", "InvalidArgument", "Count and SampleShape cannot be combined. Use one of them.")]
    [InlineData("New-NormalDistribution | Invoke-RSample 2 -SampleShape 2", "InvalidArgument", "Count and SampleShape cannot be combined. Use one of them.")]
    [InlineData("New-NormalDistribution | Measure-Gradient { $_ -gt 0 } -Draws 10", "CustomFunctionFailed", "-gt, -ge, -lt and -le cannot compare the object. Tensors have the methods gt, ge, lt and le, such as .gt(0).")]
    public void A_limit_is_named(string script, string id, string says) => Assert.Contains(says, module.Fails(script, id).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("New-LinearPolicy 1 -Scale 0.1 | Invoke-Sample -Count 3", "Distribution", "a distribution from New-NormalDistribution or another New-…Distribution; got 'Linear")]
    [InlineData("Get-DistributionType Normal | Invoke-RSample 3", "Distribution", "got 'Normal' of type DistributionTypeRow.")]
    [InlineData("1 | Measure-Entropy", "Distribution", "got '1'.")]
    [InlineData("'x' | Measure-Gradient Quadratic", "Distribution", "got 'x'.")]
    [InlineData("New-BayesianModel @{ X = New-NormalDistribution } | Get-PosteriorSummary", "Fit", "a fit from Invoke-VariationalInference or Import-VariationalFit; got 'X ~ Normal(Loc: 0, Scale: 1)' of type BayesianModel.")]
    [InlineData("New-BayesianModel @{ X = New-NormalDistribution } | Invoke-PosteriorSampling 10", "Fit", "got 'X ~ Normal(Loc: 0, Scale: 1)' of type BayesianModel.")]
    [InlineData("1 | Export-VariationalFit x.safetensors", "Fit", "got '1'.")]
    [InlineData("New-BayesianModel @{ X = New-NormalDistribution } | Invoke-VariationalInference | Get-PosteriorSummary | Export-VariationalFit x.safetensors", "Fit", "got a row of Get-PosteriorSummary.")]
    [InlineData("New-BayesianModel @{ X = New-NormalDistribution } | Invoke-VariationalInference | Export-PolicyModel x.safetensors", "Policy", "got a fit of Invoke-VariationalInference.")]
    [InlineData("Import-VaeModel (New-LinearPolicy 1 -Scale 0.1)", "Path", "Expected text; got 'Linear")]
    [InlineData("New-ControlProblem Pendulum | Import-PolicyModel", "Path", "Expected text; got 'Pendulum")]
    [InlineData("Get-ExperimentRun (New-BayesianModel @{ X = New-NormalDistribution })", "Path", "Expected text, or a list of texts; got 'X ~ Normal(Loc: 0, Scale: 1)' of type BayesianModel.")]
    public void An_object_of_another_kind_is_refused_by_name(string script, string parameter, string says)
    {
        string message = module.Fails(script, "ParameterArgumentTransformationError").ToString();
        Assert.Contains($"'{parameter}'", message, StringComparison.Ordinal);
        Assert.Contains(says, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Sample { param($p, $n, $s) New-BernoulliDistribution 0.5 | Invoke-RSample -SampleShape $s -AsTensor } | Invoke-RSample -Count 2", "Sample of A failed in line 1: Bernoulli is not reparameterized")]
    [InlineData("New-CustomDistribution A @{ S = 1 } -Sample { param($p, $n, $s) New-Tensor abc } | Invoke-RSample -Count 2", "Sample of A failed in line 1: Value must hold numbers; got 'abc'. The")]
    public void An_error_inside_a_block_is_shown_as_it_is(string script, string starts) => Assert.StartsWith(starts, module.Fails(script, "CustomFunctionFailed").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("-Sample { $noise.Normal($shape) * $p.S }", "Begin the block with param($p, $noise, $shape).")]
    [InlineData("-Sample { param($p) $p.S * $noise.Normal($shape) }", "Begin the block with param($p, $noise, $shape).")]
    [InlineData("-Quantile { $q * $p.S }", "Begin the block with param($p, $q).")]
    [InlineData("-Sample { param($p, $n, $s) $p.S * $n }", " $n is not a tensor: draw one from it, such as $n.Normal($s). Its methods are Uniform, Normal, Exponential, Gamma, From.")]
    [InlineData("-Sample { param($p, $n, $s) $p.S * $n.sum() }", " $n is not a tensor: draw one from it, such as $n.Normal($s).")]
    [InlineData("-Sample { param($p, $n, $s) $n }", "got an object of type DrawNoise. Draw a tensor from it, such as $noise.Normal($shape).")]
    [InlineData("-Sample { param($p, $n, $s) New-NormalDistribution | Invoke-RSample -SampleShape $s }", "Add -AsTensor to Invoke-RSample.")]
    [InlineData("-Sample { param($p, $n, $s) ($p.S * $n.Normal($s)).sum() }", "must return a tensor of shape [2]; got []. Draw noise of that shape, such as with $noise.Normal($shape), and do not sum the result.")]
    public void Advice_about_a_block_can_be_typed_as_it_stands(string block, string says) =>
        Assert.Contains(says, module.Fails($"New-CustomDistribution A @{{ S = 1 }} {block} | Invoke-RSample -Count 2", "CustomFunctionFailed").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("Import-VaeModel $bad", "Path")]
    [InlineData("Invoke-VaeTraining -Epochs 1 -OutPath $bad", "OutPath")]
    [InlineData("Invoke-VaeTraining -Epochs 1 -DataPath $bad", "DataPath")]
    [InlineData("Invoke-VaeSampling $bad", "Model")]
    [InlineData("Import-ExperimentData $bad", "Path")]
    [InlineData("Import-ExperimentData -LiteralPath $bad", "LiteralPath")]
    [InlineData("1, 2 | Export-Chart $bad", "Path")]
    [InlineData("Get-ExperimentRun $bad", "Path")]
    [InlineData("Import-PolicyModel $bad", "Path")]
    public void A_character_that_no_path_may_have_is_named_with_its_parameter(string call, string parameter) =>
        Assert.Equal($@"{parameter} must not have the character '\0', which no path may have; got 'a\0b.csv'.", module.Fails($"$bad = \"a`0b.csv\"; {call}", "InvalidArgument").ToString());

    [Theory]
    [InlineData("Import-VaeModel 'runs/*'", "PathNotFound")]
    [InlineData("Invoke-VaeSampling 'run[12]'", "PathNotFound")]
    [InlineData("Get-ExperimentRun 'sweep?'", "PathNotFound")]
    [InlineData("Import-PolicyModel '*.safetensors'", "PathNotFound")]
    [InlineData("Import-VariationalFit '*.fit' (New-BayesianModel @{ Mu = New-NormalDistribution })", "PathNotFound")]
    [InlineData("Invoke-VaeTraining -Epochs 1 -DataPath '*.csv'", "PathNotFound")]
    public void Wildcards_in_a_path_that_is_not_expanded_are_named(string call, string id) =>
        Assert.Contains("does not exist. Wildcards are not expanded here; Get-ChildItem expands them.", module.Fails(call, id).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("-RelativeTolerance -1", "RelativeTolerance must be a finite number of at least 0; got -1.")]
    [InlineData("-AbsoluteTolerance NaN", "AbsoluteTolerance must be a finite number of at least 0; got NaN.")]
    public void A_tolerance_that_nothing_can_meet_is_refused(string tolerance, string says)
    {
        (_, ErrorRecord[] errors) = module.TryRun($"New-Tensor 1 | Should-BeCloseTensor 1 {tolerance}");
        Assert.Contains(says, Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-Tensor 9007199254740993 -DType int64", "(New-Tensor 9007199254740992 -DType int64)")]
    [InlineData("New-Tensor 9007199254740993 -DType int64", "9007199254740992")]
    [InlineData("9007199254740993", "(New-Tensor 9007199254740992 -DType int64)")]
    public void Integers_are_compared_exactly(string actual, string expected)
    {
        (_, ErrorRecord[] errors) = module.TryRun($"{actual} | Should-BeCloseTensor {expected} -RelativeTolerance 0 -AbsoluteTolerance 0");
        Assert.Contains("the number differs: expected 9007199254740992; got 9007199254740993.", Assert.Single(errors).ToString(), StringComparison.Ordinal);
        module.Run($"{actual} | Should-BeCloseTensor {expected} -RelativeTolerance 0 -AbsoluteTolerance 1");
        module.Run($"{actual} | Should-BeCloseTensor {expected} -RelativeTolerance 1e-15 -AbsoluteTolerance 0");
    }

    // The pipeline hands over the rows of a matrix one by one.
    [Fact]
    public void The_rows_of_a_matrix_from_the_pipeline_are_one_matrix()
    {
        module.Run("(New-Tensor (1, 2), (1, 2)).ToArray() | Should-BeCloseTensor (1, 2), (1, 2)");
        (_, ErrorRecord[] errors) = module.TryRun("(New-Tensor (1, 2), (1, 2)).ToArray() | Should-BeCloseTensor 1, 2");
        Assert.Contains("[2, 2]", Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Integers_are_compared_with_fractions_as_fractions()
    {
        module.Run("New-Tensor 1, 2 -DType int64 | Should-BeCloseTensor 1.25, 2 -AbsoluteTolerance 0.25; New-Tensor $true, $false -DType bool | Should-BeCloseTensor 1, 0");
        (_, ErrorRecord[] errors) = module.TryRun("New-Tensor 1, 2 -DType int64 | Should-BeCloseTensor 1.25, 2 -AbsoluteTolerance 0.2");
        Assert.Contains("1 of 2 elements differs; the largest difference is at index [0]: expected 1.25; got 1.", Assert.Single(errors).ToString(), StringComparison.Ordinal);
        (_, errors) = module.TryRun("New-Tensor ([long]::MinValue) -DType int64 | Should-BeCloseTensor ([long]::MaxValue) -AbsoluteTolerance 1e18 -RelativeTolerance 0");
        Assert.Contains("expected 9223372036854775807; got -9223372036854775808.", Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }
}
