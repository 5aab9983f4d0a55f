namespace Tuning.Learning;

/// <summary>What SAC reports of its gradient steps: means over those since the last report, under RLlib's names.</summary>
internal sealed class SacMetrics
{
    private readonly double[] _norms = new double[3];
    private SacSums _sums = SacSums.None;
    private double _alphaLoss;
    private double _actorLr;
    private double _criticLr;

    /// <summary>Gradient steps since the last <see cref="Clear"/>.</summary>
    public long Steps { get; private set; }

    /// <summary>Rows of all their batches.</summary>
    public long Rows { get; private set; }

    /// <summary>Adds a step.</summary>
    public void Add(in SacSums sums, int rows, double alphaLoss, double actorLr, double criticLr, AdamBlock[] updates)
    {
        _sums.Add(sums);
        Rows += rows;
        Steps++;
        _alphaLoss += alphaLoss;
        (_actorLr, _criticLr) = (actorLr, criticLr);
        for (var i = 0; i < updates.Length; i++)
        {
            _norms[i] += updates[i].Norm;
        }
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        (Steps, Rows, _sums, _alphaLoss) = (0, 0, SacSums.None, 0);
        _norms.AsSpan().Clear();
    }

    /// <summary>Adds the metrics; there must be a step.</summary>
    /// <param name="add">Called with name and number.</param>
    /// <param name="twin">Whether there are two networks of values.</param>
    public void CopyTo(Action<string, MetricValue> add, bool twin)
    {
        add("actor_loss", _sums.ActorLoss / Rows);
        add("critic_loss", (_sums.FirstLoss + _sums.SecondLoss) / Rows);
        add("qf_loss", _sums.FirstLoss / Rows);
        if (twin)
        {
            add("qf_twin_loss", _sums.SecondLoss / Rows);
        }

        add("alpha_loss", _alphaLoss / Steps);
        add("total_loss", ((_sums.ActorLoss + _sums.FirstLoss + _sums.SecondLoss) / Rows) + (_alphaLoss / Steps));
        add("qf_mean", _sums.Value / Rows);
        add("qf_max", _sums.LargestValue);
        add("qf_min", _sums.SmallestValue);
        add("td_error_mean", _sums.Error / Rows);
        add("logps_mean", _sums.LogProbability / Rows);
        add("actor_optimizer_learning_rate", _actorLr);
        add("critic_optimizer_learning_rate", _criticLr);
        add("gradients_actor_optimizer_global_norm", _norms[0] / Steps);
        add("gradients_critic_optimizer_global_norm", _norms[1] / Steps);
        if (twin)
        {
            add("gradients_critic_twin_optimizer_global_norm", _norms[2] / Steps);
        }
    }
}
