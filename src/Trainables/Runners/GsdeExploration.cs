namespace Tuning.Runners;

/// <summary>
/// State-dependent exploration (gSDE): the action is the mean plus the policy's last hidden layer times a random matrix that each trajectory keeps
/// for some steps. See <see cref="StateDependentNoise"/>. A module without such noise is sampled as always: each policy may have its own.
/// </summary>
/// <remarks>
/// As in Stable-Baselines3, new episodes keep their trajectory's matrix. Unlike there, an iteration does not interrupt the count of steps, so
/// that noise stays as long as was asked for however short iterations are; it is scaled to the deviations as they are now.
/// </remarks>
internal sealed unsafe class GsdeExploration : Exploration
{
    private const int UntilNextSample = -1;
    private readonly int _sampleFrequency;
    private readonly RandomStream _again = new(0);
    private Noise[] _trajectories = [];
    private FloatBuffer? _scales;
    private StateDependentNoise? _noise;
    private bool _scalesAreStale = true;

    /// <param name="sampleFrequency">After how many steps a trajectory draws a new matrix; −1: when an iteration begins.</param>
    public GsdeExploration(int sampleFrequency) => _sampleFrequency = sampleFrequency;

    /// <inheritdoc/>
    public override void BeginSample(long lifetimeSteps)
    {
        _scalesAreStale = true;
        for (var i = 0; i < _trajectories.Length; i++)
        {
            _trajectories[i].Scaled = false;
            if (_sampleFrequency < 0)
            {
                _trajectories[i].Left = 0;
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveOptimization)]
    public override void Act(
        RlModule module, ReadOnlySpan<float> observations, ReadOnlySpan<int> trajectories, Span<float> inputs, Span<float> actions,
        ModuleWorkspace workspace, RandomStream random)
    {
        module.ForwardExploration(observations, trajectories.Length, inputs, workspace);
        if (module is not IStateDependentNoise { Network.Noise: { } noise } source)
        {
            module.ActionDistribution.Sample(inputs, trajectories.Length, random, actions);
            return;
        }

        Prepare(source.Network, noise);
        var features = source.Passed(workspace).Features;
        var (inputSize, actionSize) = (module.ActionDistribution.InputSize, module.ActionDistribution.ActionSize);
        fixed (float* firstInput = inputs, firstAction = actions)
        {
            Floats means = new(firstInput, inputs.Length), target = new(firstAction, actions.Length);
            for (var i = 0; i < trajectories.Length; i++)
            {
                ref var trajectory = ref Next(trajectories[i], random);
                noise.Act(features + ((nint)i * noise.Stride), trajectory.Matrix!.Floats, means + ((nint)i * inputSize), target + ((nint)i * actionSize));
            }
        }

        if (module.ActionDistribution is SquashedGaussian)
        {
            SquashedGaussian.Squash(actions[..(trajectories.Length * actionSize)]);
        }

        GC.KeepAlive(workspace);
    }

    /// <inheritdoc/>
    public override ParameterSet GetState() => _sampleFrequency < 0 || _trajectories.Length == 0
        ? ParameterSet.Empty
        : ParameterSet.From(
        [
            new("noise_streams", _trajectories.Select(trajectory => trajectory.Start.ToString()).ToList()),
            new("noise_steps_left", _trajectories.Select(trajectory => trajectory.Left).ToList()),
        ]);

    /// <inheritdoc/>
    public override void SetState(ParameterSet state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _trajectories = [];
        _scalesAreStale = true;
        if (_sampleFrequency < 0 || !state.TryGet("noise_streams", out _))
        {
            return;
        }

        _trajectories =
        [
            .. state.Get<string[]>("noise_streams").Zip(
                state.Get<int[]>("noise_steps_left"),
                (start, left) => new Noise { Start = RandomState.Parse(start), Left = Math.Min(left, _sampleFrequency) }),
        ];
    }

    /// <summary>The deviations of this iteration.</summary>
    private void Prepare(DenseNetwork network, StateDependentNoise noise)
    {
        if (!ReferenceEquals(noise, _noise))
        {
            (_noise, _scalesAreStale) = (noise, true);
            _scales = new FloatBuffer(noise.Size);
            for (var i = 0; i < _trajectories.Length; i++)
            {
                (_trajectories[i].Unit, _trajectories[i].Matrix) = (null, null);
            }
        }

        if (_scalesAreStale)
        {
            noise.Scales(network.Parameters, _scales!.Floats);
            _scalesAreStale = false;
        }
    }

    /// <summary>A trajectory with the matrix of its next step.</summary>
    private ref Noise Next(int index, RandomStream random)
    {
        if (index >= _trajectories.Length)
        {
            Array.Resize(ref _trajectories, index + 1);
        }

        ref var trajectory = ref _trajectories[index];
        if (trajectory.Left == 0)
        {
            trajectory.Start = random.Save();
            trajectory.Left = _sampleFrequency < 0 ? UntilNextSample : _sampleFrequency;
            Draw(ref trajectory, random);
        }
        else if (trajectory.Unit is null)
        {
            _again.Restore(trajectory.Start);
            Draw(ref trajectory, _again);
        }

        if (!trajectory.Scaled)
        {
            Scale(ref trajectory);
        }

        trajectory.Left -= trajectory.Left > 0 ? 1 : 0;
        return ref trajectory;
    }

    private void Draw(ref Noise trajectory, RandomStream random)
    {
        trajectory.Unit ??= new FloatBuffer(_noise!.Size);
        trajectory.Matrix ??= new FloatBuffer(_noise!.Size);
        var unit = trajectory.Unit.Span;
        for (var action = 0; action < _noise!.Actions; action++)
        {
            foreach (ref var value in unit.Slice(action * _noise.Stride, _noise.Features))
            {
                value = (float)random.NextGaussian();
            }
        }

        trajectory.Scaled = false;
    }

    private void Scale(ref Noise trajectory)
    {
        Kernels.Multiply(trajectory.Unit!.Floats, _scales!.Floats, trajectory.Matrix!.Floats, _noise!.Size);
        trajectory.Scaled = true;
    }

    private struct Noise
    {
        /// <summary>The stream before the matrix was drawn: it makes the same again, so that a saved state needs no matrices.</summary>
        public RandomState Start;

        /// <summary>Steps until a new matrix is drawn.</summary>
        public int Left;

        /// <summary>Whether <see cref="Matrix"/> is <see cref="Unit"/> times the deviations of this iteration.</summary>
        public bool Scaled;

        /// <summary>Standard normal numbers, [actions, padded features]; null until drawn.</summary>
        public FloatBuffer? Unit;

        public FloatBuffer? Matrix;
    }
}
