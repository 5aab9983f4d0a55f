namespace Tuning.Learning;

/// <summary>What is reported of the gradient steps of an iteration: means over them, and the smallest and largest value of an action taken.</summary>
/// <remarks>RLlib reports the last gradient step's.</remarks>
internal readonly record struct DqnReport(long Steps, double Loss, double Mean, double Least, double Largest, double AbsoluteError, double Norm)
{
    /// <summary>With one gradient step more.</summary>
    public DqnReport Plus(in DqnLoss loss, double norm) => new(
        Steps + 1,
        Loss + loss.Loss,
        Mean + loss.Mean,
        Steps == 0 ? loss.Least : Math.Min(Least, loss.Least),
        Steps == 0 ? loss.Largest : Math.Max(Largest, loss.Largest),
        AbsoluteError + loss.AbsoluteError,
        Norm + norm);

    /// <summary>Writes it under RLlib's names; nothing, as long as there was no gradient step.</summary>
    public void WriteTo(Action<string, MetricValue> add)
    {
        if (Steps > 0)
        {
            add("qf_loss", Loss / Steps);
            add("qf_mean", Mean / Steps);
            add("qf_min", Least);
            add("qf_max", Largest);
            add("td_error_mean", AbsoluteError / Steps);
            add("gradients_default_optimizer_global_norm", Norm / Steps);
        }
    }
}
