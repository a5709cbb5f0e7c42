using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Distributions;
using ReparamPS.Inference;
using ReparamPS.Inference.Evaluation;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Inference;

public sealed class CertificateTests
{
    [Theory]
    [InlineData("linear", VariationalFamily.FullRank, true)]
    [InlineData("correlated", VariationalFamily.FullRank, true)]
    [InlineData("beetles", VariationalFamily.FullRank, true)]
    [InlineData("correlated", VariationalFamily.MeanField, false)]
    [InlineData("schools", VariationalFamily.MeanField, false)]
    [InlineData("schools", VariationalFamily.FullRank, false)]
    [InlineData("centred schools", VariationalFamily.MeanField, false)]
    [InlineData("centred schools", VariationalFamily.FullRank, false)]
    [InlineData("funnel", VariationalFamily.MeanField, false)]
    [InlineData("funnel", VariationalFamily.FullRank, false)]
    [InlineData("banana", VariationalFamily.MeanField, false)]
    [InlineData("banana", VariationalFamily.FullRank, false)]
    public void The_verdict_tells_good_fits_from_bad_ones(string name, VariationalFamily family, bool isTrustworthy)
    {
        BayesianModel model = name switch
        {
            "linear" => InferenceFile.Linear(), "correlated" => Models.Correlated(0.9), "beetles" => Models.Beetles(), "schools" => Models.EightSchools(isCentred: false),
            "centred schools" => Models.EightSchools(isCentred: true), "funnel" => Models.Funnel(), _ => Models.Banana(),
        };
        FitMeasurement row = FitCertificate.Measure(VariationalInference.Fit(model, new VariationalOptions { Family = family, Seed = 2 }, cancellation: TestContext.Current.CancellationToken), cancellation: TestContext.Current.CancellationToken);
        if (isTrustworthy) Assert.Equal(FitVerdict.Trustworthy, row.Verdict);
        else Assert.True(row.Verdict is FitVerdict.Biased or FitVerdict.Unreliable, $"{row.Verdict}: {row.Reason}");
        Assert.False(string.IsNullOrEmpty(row.Reason));
        if (row.Verdict == FitVerdict.Biased) Assert.Contains(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Pareto shape k̂ of the weights is {row.KHat:F2}"), row.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exact_fit_has_constant_weights_and_the_evidence()
    {
        FitMeasurement row = FitCertificate.Measure(VariationalInference.Fit(InferenceFile.Linear(), new VariationalOptions { Family = VariationalFamily.FullRank }, cancellation: TestContext.Current.CancellationToken), cancellation: TestContext.Current.CancellationToken);
        double evidence = InferenceFile.Of("linear").Number("logEvidence");
        Assert.Equal(evidence, row.Elbo, 1e-6);
        Assert.Equal(evidence, row.LogEvidence, 1e-6);
        Assert.Equal(0, row.KHat);
        Assert.InRange(row.EffectiveDraws, 9999, 10_000.001);
    }

    // Their weights differ by rounding alone.
    [Theory]
    [InlineData("normal", VariationalFamily.MeanField)]
    [InlineData("normal", VariationalFamily.FullRank)]
    [InlineData("log-normal", VariationalFamily.MeanField)]
    [InlineData("logistic normal", VariationalFamily.MeanField)]
    public void An_exact_prior_has_equal_weights_and_nothing_to_correct(string name, VariationalFamily family)
    {
        Tensor means = tensor(new double[] { 0, 1, 2 }), one = ones(3, ScalarType.Float64);
        Distribution prior = name switch { "normal" => new Normal(means, one), "log-normal" => new LogNormal(means, one), _ => new LogisticNormal(zeros(2, ScalarType.Float64), ones(2, ScalarType.Float64)) };
        VariationalFit fit = VariationalInference.Fit(new BayesianModel([new ParameterDefinition("X", prior)]), new VariationalOptions { Family = family }, cancellation: TestContext.Current.CancellationToken);
        FitMeasurement row = FitCertificate.Measure(fit, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((0, FitVerdict.Trustworthy), (row.KHat, row.Verdict));
        Assert.Equal(10_000, row.EffectiveDraws, 1e-6);
        Assert.Equal(0, row.LogEvidenceStandardError, 1e-6);
        Assert.All(PosteriorSummary.Of(fit, cancellation: TestContext.Current.CancellationToken), summary => Assert.Equal(summary.Mean, summary.ImportanceMean, 1e-9));
        Assert.Equal(1000, PosteriorDraws.Rows(fit, 1000, 1, isResampled: true, cancellation: TestContext.Current.CancellationToken).Select(draw => draw[draw.Columns[0]]).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-20)]
    public void Draws_where_the_density_is_undefined_make_a_fit_unreliable(double bound)
    {
        VariationalFit fit = VariationalInference.Fit(new BayesianModel([Models.NormalPrior("X", 0, 1)]), cancellation: TestContext.Current.CancellationToken);
        string path = Path.Combine(Directory.CreateTempSubdirectory("reparamps-fit-").FullName, "fit.safetensors");
        VariationalFitFile.Save(fit, path);
        VariationalFit other = VariationalFitFile.Load(path, new BayesianModel([Models.NormalPrior("X", 0, 1)], given => given["X"] + (bound - given["X"]).sign().log()));
        FitMeasurement row = FitCertificate.Measure(other, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(FitVerdict.Unreliable, row.Verdict);
        Assert.Contains("is not finite at", row.Reason, StringComparison.Ordinal);
        Assert.EndsWith("for all values that the priors allow. Check -LogLikelihood.", row.Reason, StringComparison.Ordinal);
        if (bound < 0) Assert.Throws<NonFiniteDensityException>(() => PosteriorDraws.Rows(other, 10, 1, isResampled: true, cancellation: TestContext.Current.CancellationToken).First());
    }

    // The weights x^0.3 move the mean of log x by about a third of a standard deviation.
    [Fact]
    public void A_biased_fit_says_which_coordinate_moves_how_far_and_how_to_correct_it()
    {
        BayesianModel Model(LogLikelihoodFunction? likelihood) => new([new ParameterDefinition("X", new LogNormal(tensor(0.0), tensor(1.0)))], likelihood);
        string path = Path.Combine(Directory.CreateTempSubdirectory("reparamps-fit-").FullName, "fit.safetensors");
        VariationalFitFile.Save(VariationalInference.Fit(Model(null), cancellation: TestContext.Current.CancellationToken), path);
        FitMeasurement row = FitCertificate.Measure(VariationalFitFile.Load(path, Model(given => 0.3 * given["X"].log())), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(FitVerdict.Biased, row.Verdict);
        Assert.StartsWith("Importance weights move the mean of X, in unconstrained coordinates, by 0.", row.Reason, StringComparison.Ordinal);
        Assert.Contains(" standard deviations, more than 0.05.", row.Reason, StringComparison.Ordinal);
        Assert.EndsWith("To correct the fit, use -Resample of Invoke-PosteriorSampling.", row.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("beetles")]
    [InlineData("counts")]
    public void The_evidence_is_that_of_quadrature(string name)
    {
        BayesianModel model = name == "beetles" ? Models.Beetles() : InferenceFile.Counts();
        FitMeasurement row = FitCertificate.Measure(VariationalInference.Fit(model, new VariationalOptions { Family = VariationalFamily.FullRank }, cancellation: TestContext.Current.CancellationToken), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(InferenceFile.Of(name).Number("logEvidence"), row.LogEvidence, 5 * row.LogEvidenceStandardError);
        Assert.InRange(row.LogEvidenceStandardError, 1e-5, 0.02);
        Assert.InRange(row.Elbo, row.LogEvidence - 0.1, row.LogEvidence + 3 * row.ElboStandardError);
    }

    // Vehtari et al. 2024 (arXiv:1507.02646): min(1 − 1 / log₁₀ S, 0.7).
    [Theory]
    [InlineData(100, "0.5")]
    [InlineData(1_000, "0.67")]
    [InlineData(10_000, "0.7")]
    public void Few_draws_support_only_a_lighter_tail(int draws, string limit)
    {
        VariationalFit fit = VariationalInference.Fit(Models.Funnel(), new VariationalOptions { Seed = 2 }, cancellation: TestContext.Current.CancellationToken);
        FitMeasurement row = Enumerable.Range(1, 20).Select(seed => FitCertificate.Measure(fit, draws, seed, cancellation: TestContext.Current.CancellationToken)).First(row => row.KHat > 0.75);
        Assert.Contains($", above {limit}", row.Reason, StringComparison.Ordinal);
    }

    // Vehtari et al. 2024 and Yao et al. 2018 (arXiv:1802.02538): k̂ above 0.7 speaks against a fit, however many draws the others are worth.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_fit_whose_weights_have_heavy_tails_is_not_trusted(int seed)
    {
        var options = new VariationalOptions { Objective = VariationalObjective.Iwae, Seed = seed };
        FitMeasurement row = FitCertificate.Measure(VariationalInference.Fit(Models.Rate(), options, cancellation: TestContext.Current.CancellationToken), cancellation: TestContext.Current.CancellationToken);
        Assert.True(row.KHat - row.KHatStandardError > 0.7 && row.EffectiveDraws > 9000);
        Assert.Equal(FitVerdict.Biased, row.Verdict);
        Assert.Contains("heavier tails than the fit", row.Reason, StringComparison.Ordinal);
    }

    // k̂ is then within one standard error of the limit, on either side, and the effective number of draws decides.
    [Fact]
    public void A_reason_says_why_a_shape_near_the_limit_counts_or_not()
    {
        double[] predictor = [.. Enumerable.Range(1, 10).Select(i => i / 5.0 - 1)];
        BayesianModel model = new RegressionData([0, 0, 0, 1, 0, 1, 0, 1, 1, 1], ["X"], [predictor], RegressionLikelihood.BernoulliLogit).ToModel();
        VariationalFit fit = VariationalInference.Fit(model, new VariationalOptions { Family = VariationalFamily.FullRank, Seed = 3 }, cancellation: TestContext.Current.CancellationToken);
        FitMeasurement[] rows = [.. Enumerable.Range(1, 40).Select(seed => FitCertificate.Measure(fit, 10_000, seed, cancellation: TestContext.Current.CancellationToken))];
        FitMeasurement[] near = [.. rows.Where(row => Math.Abs(row.KHat - 0.7) < row.KHatStandardError)];
        Assert.Contains(near, row => row.KHat > 0.7 && row.Verdict == FitVerdict.Trustworthy);
        Assert.Contains(near, row => row.Reason.Contains("may have heavy tails", StringComparison.Ordinal));
        Assert.All(near, row => Assert.Equal(row.Verdict == FitVerdict.Trustworthy, row.EffectiveDraws >= 9_000));
        foreach (FitMeasurement row in near)
        {
            if (row.Verdict != FitVerdict.Trustworthy && !row.Reason.Contains("may have heavy tails", StringComparison.Ordinal)) continue;
            Assert.Contains(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{row.KHat:F2} ± {row.KHatStandardError:F2}, {(row.Verdict == FitVerdict.Trustworthy ? "within one standard error of" : "may be above")} the limit 0.7"), row.Reason, StringComparison.Ordinal);
            Assert.Contains(row.Verdict == FitVerdict.Trustworthy ? " % of all, at least 90 %." : " % of all, less than 90 %.", row.Reason, StringComparison.Ordinal);
            Assert.EndsWith("With more -Draws, k̂ is estimated more precisely.", row.Reason, StringComparison.Ordinal);
        }
        Assert.All(rows.Where(row => row.KHat + row.KHatStandardError <= 0.7 && row.Verdict == FitVerdict.Trustworthy), row => Assert.EndsWith(" (limit 0.7).", row.Reason, StringComparison.Ordinal));
    }

    // One draw far out in the tail makes k̂ large, but the weights hardly vary.
    [Theory]
    [InlineData("beetles", 11)]
    [InlineData("beetles", 44)]
    [InlineData("Student", 2)]
    public void A_fit_whose_weights_hardly_vary_is_trusted(string name, int seed)
    {
        BayesianModel model = name == "beetles" ? Models.Beetles() : new BayesianModel([new ParameterDefinition("A", new StudentT(tensor(100.0), tensor(0.0), tensor(1.0)))]);
        VariationalFit fit = VariationalInference.Fit(model, new VariationalOptions { Family = VariationalFamily.FullRank, Seed = seed }, cancellation: TestContext.Current.CancellationToken);
        FitMeasurement row = FitCertificate.Measure(fit, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((0, FitVerdict.Trustworthy), (row.KHat, row.Verdict));
    }

    [Theory]
    [InlineData("funnel", VariationalFamily.MeanField, true)]
    [InlineData("funnel", VariationalFamily.FullRank, false)]
    [InlineData("Cauchy", VariationalFamily.MeanField, false)]
    public void A_reason_names_the_full_rank_family_only_where_it_can_help(string name, VariationalFamily family, bool canHelp)
    {
        BayesianModel model = name == "funnel" ? Models.Funnel() : new BayesianModel([new ParameterDefinition("A", new Cauchy(tensor(0.0), tensor(1.0)))]);
        FitMeasurement row = FitCertificate.Measure(VariationalInference.Fit(model, new VariationalOptions { Family = family, Seed = 2 }, cancellation: TestContext.Current.CancellationToken), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(FitVerdict.Unreliable, row.Verdict);
        Assert.Equal(canHelp, row.Reason.Contains("FullRank", StringComparison.Ordinal));
        Assert.Contains("reparameterize the model", row.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VariationalOptimizer.Lbfgs, "Raise -MaxEvaluations (now 3).")]
    [InlineData(VariationalOptimizer.Adam, "Raise -Steps (now 3).")]
    public void A_reason_names_the_setting_of_the_optimizer_in_use(VariationalOptimizer optimizer, string advice)
    {
        var options = new VariationalOptions { Optimizer = optimizer, MaxEvaluations = 3, Steps = 3, Draws = 64 };
        Assert.EndsWith(advice, FitCertificate.Measure(VariationalInference.Fit(Models.Banana(), options, cancellation: TestContext.Current.CancellationToken), cancellation: TestContext.Current.CancellationToken).Reason, StringComparison.Ordinal);
    }

    // Y = 2 X exactly: the density grows without bound as Sigma goes to 0.
    [Fact]
    public void A_reason_says_that_more_evaluations_may_not_help_an_exact_fit()
    {
        double[] x = [1, 2, 3, 4, 5, 6, 7, 8];
        BayesianModel model = new RegressionData([.. x.Select(each => 2 * each)], ["X"], [x], RegressionLikelihood.Normal, HasIntercept: false).ToModel();
        FitMeasurement row = FitCertificate.Measure(VariationalInference.Fit(model, new VariationalOptions { Seed = 1 }, cancellation: TestContext.Current.CancellationToken), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(FitVerdict.NotConverged, row.Verdict);
        Assert.EndsWith("If the gradient norm then stays the same, the log-density may have no maximum: Sigma goes to 0 if the predictors fit the response exactly.", row.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fit_that_was_cut_short_has_not_converged()
    {
        FitMeasurement row = FitCertificate.Measure(VariationalInference.Fit(Models.Banana(), new VariationalOptions { MaxEvaluations = 3, Draws = 64 }, cancellation: TestContext.Current.CancellationToken), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(FitVerdict.NotConverged, row.Verdict);
        Assert.Contains("gradient norm", row.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Fits_that_disagree_have_not_converged()
    {
        VariationalFit fit = VariationalInference.Fit(Models.EightSchools(isCentred: false), new VariationalOptions { Draws = 16, Scheme = NoiseScheme.Independent, Tolerance = 1e-6 }, cancellation: TestContext.Current.CancellationToken);
        Assert.False(fit.Agrees);
        Assert.Contains("differ", FitCertificate.Measure(fit, cancellation: TestContext.Current.CancellationToken).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Summaries_are_in_constrained_space_and_importance_weights_correct_them()
    {
        JsonElement beetles = InferenceFile.Of("beetles");
        IReadOnlyList<PosteriorSummary> rows = PosteriorSummary.Of(VariationalInference.Fit(Models.Beetles(), cancellation: TestContext.Current.CancellationToken), draws: 40_000, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["Intercept", "Dose"], rows.Select(row => row.Parameter));
        for (int i = 0; i < 2; i++)
        {
            double mean = beetles.Numbers("mean")[i], spread = beetles.Numbers("standardDeviation")[i];
            Assert.Equal(mean, rows[i].ImportanceMean, 0.03 * spread);
            Assert.Equal(spread, rows[i].ImportanceStdDev, 0.03 * spread);
            Assert.InRange(rows[i].StdDev, 0.9 * spread, 0.99 * spread);
            Assert.True(rows[i].Q5 < rows[i].Median && rows[i].Median < rows[i].Q95);
            Assert.Equal(rows[i].StdDev / 200, rows[i].MonteCarloError, 1e-12);
        }
        PosteriorSummary scale = PosteriorSummary.Of(VariationalInference.Fit(new BayesianModel([new ParameterDefinition("S", new LogNormal(tensor(0.0), tensor(0.5)))]), cancellation: TestContext.Current.CancellationToken), 40_000, cancellation: TestContext.Current.CancellationToken)[0];
        Assert.Equal(Math.Exp(0.125), scale.Mean, 0.02);
        Assert.Equal(1, scale.Median, 0.02);
        Assert.Equal(Math.Exp(-0.5 * 1.6448536), scale.Q5, 0.01);
    }

    [Fact]
    public void Resampled_draws_have_the_corrected_spread()
    {
        double exact = InferenceFile.Of("beetles").Numbers("standardDeviation")[1];
        VariationalFit fit = VariationalInference.Fit(Models.Beetles(), cancellation: TestContext.Current.CancellationToken);
        double Spread(bool isResampled)
        {
            double[] draws = [.. PosteriorDraws.Rows(fit, 20_000, 3, isResampled).Select(row => (double)row["Dose"]!)];
            return Math.Sqrt(draws.Average(draw => draw * draw) - Math.Pow(draws.Average(), 2));
        }
        Assert.Equal(exact, Spread(isResampled: true), 0.03 * exact);
        Assert.InRange(Spread(isResampled: false), 0.9 * exact, 0.97 * exact);
    }

    [Fact]
    public void Draws_have_a_column_for_each_element()
    {
        VariationalFit fit = VariationalInference.Fit(Models.EightSchools(isCentred: false), new VariationalOptions { Draws = 64 }, cancellation: TestContext.Current.CancellationToken);
        ExperimentRow[] rows = [.. PosteriorDraws.Rows(fit, 5, 1, cancellation: TestContext.Current.CancellationToken)];
        Assert.Equal(5, rows.Length);
        Assert.Equal(["Mu", "Tau", "Eta_0", "Eta_1", "Eta_2", "Eta_3", "Eta_4", "Eta_5", "Eta_6", "Eta_7"], rows[0].Columns);
        Assert.All(rows, row => Assert.True((double)row["Tau"]! > 0));
    }

    // The same coordinates stand for other values where the support is another one.
    [Fact]
    public void A_saved_fit_is_only_of_priors_with_its_supports()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("reparamps-fit-").FullName, "fit.safetensors");
        static BayesianModel Of(Distribution prior) => new([new ParameterDefinition("X", prior)]);
        static Tensor Number(double value) => tensor(value);
        void Saves(Distribution prior, Distribution[] same, params Distribution[] others)
        {
            VariationalFitFile.Save(VariationalInference.Fit(Of(prior), cancellation: TestContext.Current.CancellationToken), path);
            foreach (Distribution each in same) Assert.Equal(1, VariationalFitFile.Load(path, Of(each)).Model.Dimension);
            foreach (Distribution each in others)
                Assert.Contains("the support of X is", Assert.Throws<ArgumentException>(() => VariationalFitFile.Load(path, Of(each))).Message, StringComparison.Ordinal);
        }
        var normal = new Normal(Number(0), Number(1));
        Distribution Uniform(double low, double high) => new Uniform(Number(low), Number(high));
        Saves(new Gamma(Number(2), Number(1)), [new Gamma(Number(5), Number(3)), new LogNormal(Number(0), Number(1))], normal, Uniform(0, 1));
        Saves(Uniform(0, 1), [Uniform(0, 1)], Uniform(0, 2), Uniform(-1, 1), normal);
    }

    [Fact]
    public void A_saved_fit_is_the_same_and_only_of_its_own_model()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("reparamps-fit-").FullName, "fit.safetensors");
        foreach (VariationalFamily family in Enum.GetValues<VariationalFamily>())
        {
            VariationalFit fit = VariationalInference.Fit(Models.Beetles(), new VariationalOptions { Family = family, Seed = 4 }, cancellation: TestContext.Current.CancellationToken);
            VariationalFitFile.Save(fit, path);
            VariationalFit read = VariationalFitFile.Load(path, Models.Beetles());
            Assert.Equal(fit.State.Factor, read.State.Factor);
            Assert.Equal(fit.Options, read.Options);
            Assert.Equal(FitCertificate.Measure(fit, cancellation: TestContext.Current.CancellationToken), FitCertificate.Measure(read, cancellation: TestContext.Current.CancellationToken));
        }
        Assert.Contains("Dose", Assert.Throws<ArgumentException>(() => VariationalFitFile.Load(path, Models.Banana())).Message, StringComparison.Ordinal);
        // Tensors and metadata of a fit, with a part of them taken away.
        (IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafeTensorsFile.Read(path);
        string other = path + ".other";
        string Damaged(IEnumerable<(string, Tensor)> kept, IEnumerable<KeyValuePair<string, string>> texts)
        {
            SafeTensorsFile.Write(other, [.. kept], texts.ToDictionary());
            return Assert.Throws<DataFormatException>(() => VariationalFitFile.Load(other, Models.Beetles())).Message;
        }
        (string, Tensor)[] all = [.. tensors.Select(pair => (pair.Key, pair.Value))];
        Assert.EndsWith("not a variational fit: its metadata have no entry 'format'. Give a file that Export-VariationalFit wrote.", Damaged(all, []), StringComparison.Ordinal);
        Assert.EndsWith("the metadata entry 'options' is missing. Export the fit again, with Export-VariationalFit.", Damaged(all, metadata.Where(pair => pair.Key != "options")), StringComparison.Ordinal);
        string unreadable = Damaged(all, metadata.Select(pair => pair.Key == "options" ? new KeyValuePair<string, string>("options", "[]") : pair));
        Assert.Contains("the metadata entry 'options' cannot be read: ", unreadable, StringComparison.Ordinal);
        Assert.EndsWith(" Export the fit again, with Export-VariationalFit.", unreadable, StringComparison.Ordinal);
        Assert.Contains("the file is damaged: it must hold the tensors 'location' of shape [2] and 'scale_tril' of shape [2, 2].", Damaged(all[..1], metadata), StringComparison.Ordinal);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Throws<DataFormatException>(() => VariationalFitFile.Load(path, Models.Beetles()));
    }
}
