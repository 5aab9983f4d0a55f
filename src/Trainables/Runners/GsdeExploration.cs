using System.Runtime.CompilerServices;
using Tuning.Distributions;
using Tuning.Modules;
using Tuning.Networks;
using Tuning.Numerics;
using Tuning.Randomness;

namespace Tuning.Runners;

/// <summary>
/// State-dependent exploration (gSDE): the action is the mean plus the policy's last hidden layer times a random matrix that each lane keeps
/// for some steps. See <see cref="StateDependentNoise"/>. A module without such noise is sampled as always: each policy may have its own.
/// </summary>
/// <remarks>
/// As in Stable-Baselines3, new episodes keep their lane's matrix. Unlike there, an iteration does not interrupt the count of steps, so
/// that noise stays as long as was asked for however short iterations are; it is scaled to the deviations as they are now.
/// </remarks>
internal sealed unsafe class GsdeExploration : Exploration
{
    private const int UntilNextSample = -1;
    private readonly int _sampleFrequency;
    private readonly RandomStream _again = new(0);
    private Lane[] _lanes = [];
    private FloatBuffer? _scales;
    private StateDependentNoise? _noise;
    private bool _scalesAreStale = true;

    /// <param name="sampleFrequency">After how many steps a lane draws a new matrix; −1: when an iteration begins.</param>
    public GsdeExploration(int sampleFrequency) => _sampleFrequency = sampleFrequency;

    /// <inheritdoc/>
    public override void BeginSample(long lifetimeSteps)
    {
        _scalesAreStale = true;
        for (var i = 0; i < _lanes.Length; i++)
        {
            _lanes[i].Scaled = false;
            if (_sampleFrequency < 0)
            {
                _lanes[i].Left = 0;
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Act(RlModule module, ReadOnlySpan<float> observations, ReadOnlySpan<int> lanes, Span<float> inputs, Span<float> actions, ModuleWorkspace workspace, RandomStream random)
    {
        module.ForwardExploration(observations, lanes.Length, inputs, workspace);
        if (module is not IStateDependentNoise { Network.Noise: { } noise } source)
        {
            module.ActionDistribution.Sample(inputs, lanes.Length, random, actions);
            return;
        }

        Prepare(source.Network, noise);
        var features = source.Passed(workspace).Features;
        var (inputSize, actionSize) = (module.ActionDistribution.InputSize, module.ActionDistribution.ActionSize);
        fixed (float* firstInput = inputs, firstAction = actions)
        {
            Floats means = new(firstInput, inputs.Length), target = new(firstAction, actions.Length);
            for (var i = 0; i < lanes.Length; i++)
            {
                ref var lane = ref Next(lanes[i], random);
                noise.Act(features + ((nint)i * noise.Stride), lane.Matrix!.Floats, means + ((nint)i * inputSize), target + ((nint)i * actionSize));
            }
        }

        if (module.ActionDistribution is SquashedGaussian)
        {
            SquashedGaussian.Squash(actions[..(lanes.Length * actionSize)]);
        }

        GC.KeepAlive(workspace);
    }

    /// <inheritdoc/>
    public override ParameterSet GetState() => _sampleFrequency < 0 || _lanes.Length == 0
        ? ParameterSet.Empty
        : ParameterSet.From(
        [
            new("noise_streams", _lanes.Select(lane => lane.Start.ToString()).ToList()),
            new("noise_steps_left", _lanes.Select(lane => lane.Left).ToList()),
        ]);

    /// <inheritdoc/>
    public override void SetState(ParameterSet state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _lanes = [];
        _scalesAreStale = true;
        if (_sampleFrequency < 0 || !state.TryGet("noise_streams", out _))
        {
            return;
        }

        _lanes = [.. state.Get<string[]>("noise_streams").Zip(state.Get<int[]>("noise_steps_left"), (start, left) => new Lane { Start = RandomState.Parse(start), Left = Math.Min(left, _sampleFrequency) })];
    }

    /// <summary>The deviations of this iteration.</summary>
    private void Prepare(DenseNetwork network, StateDependentNoise noise)
    {
        if (!ReferenceEquals(noise, _noise))
        {
            (_noise, _scalesAreStale) = (noise, true);
            _scales = new FloatBuffer(noise.Size);
            for (var i = 0; i < _lanes.Length; i++)
            {
                (_lanes[i].Unit, _lanes[i].Matrix) = (null, null);
            }
        }

        if (_scalesAreStale)
        {
            noise.Scales(network.Parameters, _scales!.Floats);
            _scalesAreStale = false;
        }
    }

    /// <summary>A lane with the matrix of its next step.</summary>
    private ref Lane Next(int index, RandomStream random)
    {
        if (index >= _lanes.Length)
        {
            Array.Resize(ref _lanes, index + 1);
        }

        ref var lane = ref _lanes[index];
        if (lane.Left == 0)
        {
            lane.Start = random.Save();
            lane.Left = _sampleFrequency < 0 ? UntilNextSample : _sampleFrequency;
            Draw(ref lane, random);
        }
        else if (lane.Unit is null)
        {
            _again.Restore(lane.Start);
            Draw(ref lane, _again);
        }

        if (!lane.Scaled)
        {
            Scale(ref lane);
        }

        lane.Left -= lane.Left > 0 ? 1 : 0;
        return ref lane;
    }

    private void Draw(ref Lane lane, RandomStream random)
    {
        lane.Unit ??= new FloatBuffer(_noise!.Size);
        lane.Matrix ??= new FloatBuffer(_noise!.Size);
        var unit = lane.Unit.Span;
        for (var action = 0; action < _noise!.Actions; action++)
        {
            foreach (ref var value in unit.Slice(action * _noise.Stride, _noise.Features))
            {
                value = (float)random.NextGaussian();
            }
        }

        lane.Scaled = false;
    }

    private void Scale(ref Lane lane)
    {
        Kernels.Multiply(lane.Unit!.Floats, _scales!.Floats, lane.Matrix!.Floats, _noise!.Size);
        lane.Scaled = true;
    }

    private struct Lane
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
