namespace Tuning.Search.GaussianProcess;

/// <summary>What is believed of the hyper-parameters before any data; together with the likelihood it is maximised.</summary>
/// <remarks>
/// Scale ~ Gamma(2, 1) and noise ~ Gamma(1.1, 30) over standardised values, and a pull of each weight towards 1, −0.1 (w + 1/w), as Optuna's Gaussian process
/// has them.
/// </remarks>
/// <param name="Pull">How strongly weights are held near 1.</param>
internal sealed record Prior(double Pull = 0.1)
{
    /// <summary>The least noise: it keeps the matrix well conditioned.</summary>
    public const double NoiseFloor = 1e-6;

    /// <summary>Minus its logarithm, up to a constant; adds the derivatives by the logarithms of the parameters.</summary>
    public double Evaluate(KernelSettings settings, Span<double> gradient)
    {
        var value = 0.0;
        for (var d = 0; d < settings.Weights.Length; d++)
        {
            var w = settings.Weights[d];
            value += Pull * (w + (1 / w));
            gradient[d] += Pull * (w - (1 / w));
        }

        value += settings.Scale - Math.Log(settings.Scale) + (30 * settings.Noise) - (0.1 * Math.Log(settings.Noise));
        gradient[^2] += settings.Scale - 1;
        gradient[^1] += (30 * settings.Noise) - 0.1;
        return value;
    }
}
