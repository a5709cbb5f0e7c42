using ReparamPS.Data.Images;
using ReparamPS.Messages;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>Figures of a model on images.</summary>
public static class VaeEvaluation
{
    private const int RowsAtOnce = 1000;
    internal const long MaxNumbersAtOnce = 1 << 23;
    private const double ActiveVariance = 0.01;

    /// <summary>The bound, the importance-sampled log-likelihood and what the latent dimensions do.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">The images.</param>
    /// <param name="name">Which images they are.</param>
    /// <param name="samples">Draws per image.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="cancellation">Stops between parts.</param>
    public static VaeLikelihoodEstimate Measure(VaeModel model, ImageDataSet images, string name, int samples, RandomSeed seed, CancellationToken cancellation = default)
    {
        if (samples < 1) throw new ArgumentException($"Samples must be a positive integer; got {samples}.", nameof(samples));
        CheckFits(model, images);
        using RandomSource random = VaeRandom.Open(seed, VaeStream.Sampling, model.Device);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor all = images.ToTensor(model.Options.ScalarType, model.Device);
        var elbo = new double[images.Count];
        var logLikelihood = new double[images.Count];
        double reconstruction = 0, effective = 0;
        int rowsAtOnce = Math.Min(RowsAtOnce, images.Count);
        // Layers do not count here: the noise of a seed depends on how many draws are made at once.
        int drawsAtOnce = DrawsAtOnce(rowsAtOnce, Math.Max(images.PixelCount, model.Posterior.NoiseSize), samples), decodedAtOnce = DecodedAtOnce(model, rowsAtOnce, drawsAtOnce);
        for (int first = 0; first < images.Count; first += rowsAtOnce)
        {
            using var part = NewDisposeScope();
            int rows = Math.Min(rowsAtOnce, images.Count - first);
            Tensor batch = all.narrow(0, first, rows), statistics = model.EncodeStatistics(batch);
            Tensor logSum = full([rows], double.NegativeInfinity, ScalarType.Float64, model.Device), logSquares = logSum.clone();
            Tensor likelihoodSum = zeros([rows], ScalarType.Float64, model.Device), ratioSum = likelihoodSum.clone();
            for (int done = 0; done < samples; done += drawsAtOnce)
            {
                cancellation.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                int draws = Math.Min(drawsAtOnce, samples - done);
                Tensor noise = model.Posterior.Noise([draws, rows], model.Options.ScalarType, random);
                Tensor likelihood = empty([draws, rows], ScalarType.Float64, model.Device), ratio = likelihood.clone();
                for (int from = 0; from < draws; from += decodedAtOnce)
                {
                    cancellation.ThrowIfCancellationRequested();
                    using var decoding = NewDisposeScope();
                    int some = Math.Min(decodedAtOnce, draws - from);
                    Tensor z = model.Posterior.Draw(statistics, noise.narrow(0, from, some));
                    likelihood.narrow(0, from, some).copy_(model.Bound.LogLikelihood(batch, z));
                    ratio.narrow(0, from, some).copy_(model.Posterior.LogProbability(statistics, z) - model.Bound.LogPrior(z));
                }
                Tensor logWeights = likelihood - ratio;
                logSum.copy_(logaddexp(logSum, logWeights.logsumexp(0)));
                logSquares.copy_(logaddexp(logSquares, (2 * logWeights).logsumexp(0)));
                likelihoodSum.add_(likelihood.sum([0]));
                ratioSum.add_(ratio.sum([0]));
            }
            Tensor kl = model.Bound.HasAnalyticKl ? model.Posterior.KlDivergence(statistics).to(ScalarType.Float64) : ratioSum / samples;
            Tensor meanLikelihood = likelihoodSum / samples;
            ManagedValues.ToDoubles(meanLikelihood - kl).CopyTo(elbo, first);
            ManagedValues.ToDoubles(logSum - Math.Log(samples)).CopyTo(logLikelihood, first);
            reconstruction += meanLikelihood.sum().item<double>();
            effective += (2 * logSum - logSquares).exp().sum().item<double>();
        }
        Moments elboMoments = Moments.Of(elbo), likelihoodMoments = Moments.Of(logLikelihood);
        return new VaeLikelihoodEstimate
        {
            RunId = model.RunId,
            Images = name,
            Count = images.Count,
            Samples = samples,
            Elbo = elboMoments.Mean,
            ElboStandardError = elboMoments.StandardError,
            LogLikelihood = likelihoodMoments.Mean,
            LogLikelihoodStandardError = likelihoodMoments.StandardError,
            EffectiveSamples = effective / images.Count,
            Reconstruction = reconstruction / images.Count,
            KlDivergence = reconstruction / images.Count - elboMoments.Mean,
            ActiveUnits = Dimensions(model, images).Count(dimension => dimension.IsActive),
            LatentSize = model.Options.LatentSize,
        };
    }

    /// <summary>What each latent dimension does.</summary>
    public static IReadOnlyList<VaeLatentDimension> Dimensions(VaeModel model, ImageDataSet images)
    {
        CheckFits(model, images);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var means = new List<Tensor>();
        var deviations = new List<Tensor>();
        for (int first = 0; first < images.Count; first += RowsAtOnce)
        {
            using var part = NewDisposeScope();
            ImageDataSet some = images.Take([.. Enumerable.Range(first, Math.Min(RowsAtOnce, images.Count - first))]);
            (Tensor someMeans, Tensor someDeviations) = model.Encode(some.ToTensor(model.Options.ScalarType, model.Device));
            means.Add(someMeans.MoveToOuterDisposeScope());
            deviations.Add(someDeviations.MoveToOuterDisposeScope());
        }
        Tensor mean = cat(means), deviation = cat(deviations);
        double[] kl = ManagedValues.ToDoubles((0.5 * (mean.square() + deviation.square() - 1) - deviation.log()).mean([0]));
        double[] variance = ManagedValues.ToDoubles(mean.to(ScalarType.Float64).var([0L], unbiased: false));
        return [.. kl.Select((value, i) => new VaeLatentDimension(model.RunId, i + 1, model.Bound.HasAnalyticKl ? value : null, variance[i], variance[i] > ActiveVariance))];
    }

    /// <summary>The mean evidence lower bound with one draw per image; the same model on the same images always draws the same noise.</summary>
    internal static double Elbo(VaeModel model, Tensor images, CancellationToken cancellation)
    {
        using RandomSource random = VaeRandom.Open(model.Options.Stream, VaeStream.Evaluation, model.Device);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double sum = 0;
        long count = images.shape[0];
        for (long first = 0; first < count; first += RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            using var part = NewDisposeScope();
            Tensor rows = images.narrow(0, first, Math.Min(RowsAtOnce, count - first));
            Tensor noise = model.Posterior.Noise([1, rows.shape[0]], model.Options.ScalarType, random);
            (Tensor reconstruction, Tensor kl) = model.Bound.Terms(rows, noise);
            sum += (reconstruction - kl).sum(ScalarType.Float64).item<double>();
        }
        return sum / count;
    }

    /// <summary>The draws of which log-weights are computed at once: as many as the widest layer of the decoder, and the distances to the components of a prior, allow.</summary>
    internal static int DecodedAtOnce(VaeModel model, int rows, int draws) =>
        DrawsAtOnce(rows, model.Options.HiddenSize.Select(size => (long)size).Concat(model.Prior.Layout.Select(entry => TensorShapes.Count(entry.Shape))).Append(model.PixelCount).Max(), draws);

    private static int DrawsAtOnce(int rows, long numbersPerDraw, int draws) => (int)Math.Clamp(MaxNumbersAtOnce / ((double)rows * numbersPerDraw), 1, draws);

    /// <summary>Refuses images of another size than the model's.</summary>
    internal static void CheckFits(VaeModel model, ImageDataSet images)
    {
        if (images.PixelCount != model.PixelCount)
            throw new ShapeMismatchException($"Each image of {ShortText.Quoted(images.Name)} has {Pixels(images.PixelCount)}; the model requires {model.PixelCount} ({model.ImageHeight}×{model.ImageWidth}). Give images of this size with -DataPath.", nameof(images));
    }

    /// <summary>A number of pixels, in words.</summary>
    internal static string Pixels(int count) => count == 1 ? "1 pixel" : $"{count} pixels";
}
