using MathNet.Numerics.LinearAlgebra;

namespace ReparamPS.Policies.Problems;

/// <summary>
/// The exact cost of a linear policy u = −K s + σ ε on a linear-quadratic problem, and its exact gradient: the second moment of the state follows
/// S' = (A − BK) S (A − BK)ᵀ + B diag(σ²) Bᵀ + W, and its adjoint runs backwards.
/// </summary>
public sealed class LqrValue
{
    private LqrValue(double cost, double[,] gain, double[] scale) => (Cost, GainGradient, ScaleGradient) = (cost, gain, scale);

    /// <summary>J.</summary>
    public double Cost { get; }

    /// <summary>∂J/∂K, [actions, states].</summary>
    public double[,] GainGradient { get; }

    /// <summary>∂J/∂σ, one per action.</summary>
    public double[] ScaleGradient { get; }

    /// <summary>The cost of a policy; null if the second moment of the first state does not exist or is not known.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="gain">K, [actions, states].</param>
    /// <param name="scale">σ, one per action.</param>
    public static LqrValue? Of(LqrProblem problem, double[,] gain, IReadOnlyList<double> scale)
    {
        if (problem.Starts.SecondMoment() is not { } start) return null;
        (Matrix<double> a, Matrix<double> b, Matrix<double> q, Matrix<double> r) = Matrices(problem);
        Matrix<double> k = Matrix<double>.Build.DenseOfArray(gain), closed = a - (b * k), price = q + (k.Transpose() * r * k);
        Vector<double> sigma = Vector<double>.Build.DenseOfEnumerable(scale);
        Matrix<double> noise = (b * Matrix<double>.Build.DenseOfDiagonalVector(sigma.PointwiseMultiply(sigma)) * b.Transpose()) + ProcessCovariance(problem);
        double actionNoise = r.Diagonal() * sigma.PointwiseMultiply(sigma), cost = 0;

        var moments = new Matrix<double>[problem.Horizon];
        Matrix<double> moment = Matrix<double>.Build.DenseOfArray(start);
        double weight = 1;
        for (int t = 0; t < moments.Length; t++, weight *= problem.Discount)
        {
            moments[t] = moment;
            cost += weight * (price.PointwiseMultiply(moment).RowSums().Sum() + actionNoise);
            moment = (closed * moment * closed.Transpose()) + noise;
        }

        // The adjoint of the moment after step t is P; that of the moment before it is γᵗ (Q + KᵀRK) + (A − BK)ᵀ P (A − BK).
        Matrix<double> adjoint = Matrix<double>.Build.Dense(a.RowCount, a.RowCount), gainGradient = Matrix<double>.Build.Dense(k.RowCount, k.ColumnCount);
        Vector<double> scaleGradient = Vector<double>.Build.Dense(sigma.Count);
        for (int t = moments.Length - 1; t >= 0; t--)
        {
            weight = Math.Pow(problem.Discount, t);
            gainGradient += 2 * ((weight * r * k) - (b.Transpose() * adjoint * closed)) * moments[t];
            scaleGradient += 2 * sigma.PointwiseMultiply((weight * r.Diagonal()) + (b.Transpose() * adjoint * b).Diagonal());
            adjoint = (weight * price) + (closed.Transpose() * adjoint * closed);
        }
        return new LqrValue(cost, gainGradient.ToArray(), scaleGradient.ToArray());
    }

    /// <summary>The gain K* that is best over an infinite horizon, [actions, states]: the fixed point of the discounted Riccati equation.</summary>
    /// <exception cref="ArgumentException">The equation has no fixed point.</exception>
    public static double[,] OptimalGain(LqrProblem problem)
    {
        (Matrix<double> a, Matrix<double> b, Matrix<double> q, Matrix<double> r) = Matrices(problem);
        Matrix<double> value = q.Clone();
        for (int iteration = 0; iteration < 100_000; iteration++)
        {
            Matrix<double> cross = problem.Discount * (b.Transpose() * value * a);
            Matrix<double> gain = (r + (problem.Discount * (b.Transpose() * value * b))).Solve(cross);
            Matrix<double> next = q + (problem.Discount * (a.Transpose() * value * a)) - (cross.Transpose() * gain);
            next = (next + next.Transpose()) / 2;
            double change = (next - value).InfinityNorm(), size = next.InfinityNorm();
            if (!double.IsFinite(size)) break;
            value = next;
            if (change <= 1e-14 * size) return gain.ToArray();
        }
        throw new ArgumentException("The Riccati equation has no fixed point: the problem cannot be stabilized, or its cost is unbounded. Change A, B, Q or R, or use a smaller Discount.", nameof(problem));
    }

    // Only the symmetric parts of Q and R count.
    private static (Matrix<double> A, Matrix<double> B, Matrix<double> Q, Matrix<double> R) Matrices(LqrProblem problem)
    {
        Matrix<double> q = Matrix<double>.Build.DenseOfArray(problem.Q), r = Matrix<double>.Build.DenseOfArray(problem.R);
        return (Matrix<double>.Build.DenseOfArray(problem.A), Matrix<double>.Build.DenseOfArray(problem.B), (q + q.Transpose()) / 2, (r + r.Transpose()) / 2);
    }

    private static Matrix<double> ProcessCovariance(LqrProblem problem)
    {
        int size = problem.StateSize;
        return Matrix<double>.Build.Dense(size, size, (i, j) =>
        {
            double scale = i != j || problem.ProcessNoise is not { } noise ? 0 : noise[noise.Count == 1 ? 0 : i];
            return scale * scale;
        });
    }
}
