namespace Tuning.Environments;

/// <summary><c>FrozenLake-v1</c> and <c>FrozenLake8x8-v1</c>: cross a frozen lake without falling into a hole; the ice is slippery.</summary>
/// <remarks>
/// <para>Maps and dynamics of Gymnasium 1.x; other than there no map is drawn at random.</para>
/// <list type="table">
/// <item><term>Observation</term><description><c>Discrete(rows × columns)</c>: row × columns + column.</description></item>
/// <item><term>Action</term><description><c>Discrete(4)</c>: 0 left, 1 down, 2 right, 3 up. On slippery ice the move succeeds with <c>success_rate</c>, else it
/// goes to one of the two sides, each as likely. A move off the map stays.</description></item>
/// <item><term>Reward</term><description>1 at the goal, 0 in a hole and everywhere else (<c>reward_schedule</c>).</description></item>
/// <item><term>Start</term><description>At <c>S</c>; where there are several, at any of them.</description></item>
/// <item><term>End</term><description>Terminated at the goal <c>G</c> and in a hole <c>H</c>; truncated by the registration after 100 (4x4) or 200 (8x8)
/// steps.</description></item>
/// </list>
/// </remarks>
public sealed class FrozenLake : IEnvironment
{
    /// <summary>The chance that a move goes where it was meant to, unless given.</summary>
    public const double DefaultSuccessRate = 1.0 / 3.0;

    private static readonly Discrete _actions = new(4);
    private readonly Discrete _observations;
    private readonly string _tiles;
    private readonly int _columns;
    private readonly int[] _starts;
    private readonly bool _isSlippery;
    private readonly double _successRate;
    private readonly double[] _rewards;
    private RandomStream? _random;

    /// <summary>A lake.</summary>
    /// <param name="map">Its rows from top to bottom, of equal length, of the tiles S start, F frozen, H hole, G goal; null for the 4x4 map.</param>
    /// <param name="isSlippery">Whether moves may go to the side; <c>is_slippery</c> in <c>env_config</c>.</param>
    /// <param name="successRate">The chance on slippery ice that they do not, 0 to 1; <c>success_rate</c>.</param>
    /// <param name="rewardSchedule">Rewards of goal, hole and everything else; <c>reward_schedule</c>, by default 1, 0, 0.</param>
    /// <exception cref="ArgumentException">The map has another tile, rows of different lengths or no start, or a number is out of range.</exception>
    public FrozenLake(
        IReadOnlyList<string>? map = null, bool isSlippery = true, double successRate = DefaultSuccessRate, IReadOnlyList<double>? rewardSchedule = null)
    {
        map ??= Maps["4x4"];
        _tiles = string.Concat(map);
        _columns = map.Count == 0 ? 0 : map[0].Length;
        if (_columns == 0 || map.Any(row => row.Length != _columns)
            || _tiles.Any(t => !"SFHG".Contains(t, StringComparison.Ordinal)) || !_tiles.Contains('S', StringComparison.Ordinal))
        {
            throw new ArgumentException($"The map [{string.Join(", ", map)}] must have rows of one length, made of S (start, at least one), F (frozen), H "
                + "(hole) and G (goal).", nameof(map));
        }

        if (!(successRate is >= 0 and <= 1))
        {
            throw new ArgumentException(Invariant($"success_rate is {successRate}; it must be from 0 to 1."), nameof(successRate));
        }

        _rewards = [.. rewardSchedule ?? [1, 0, 0]];
        if (_rewards.Length != 3 || !Array.TrueForAll(_rewards, double.IsFinite))
        {
            var given = string.Join(", ", _rewards.Select(r => r.ToString(CultureInfo.InvariantCulture)));
            throw new ArgumentException($"reward_schedule is [{given}]; it must be three numbers, for goal, hole and everything else.", nameof(rewardSchedule));
        }

        (_isSlippery, _successRate) = (isSlippery, successRate);
        _observations = new(_tiles.Length);
        _starts = [.. Enumerable.Range(0, _tiles.Length).Where(i => _tiles[i] == 'S')];
    }

    /// <summary>Gymnasium's maps by name.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Maps { get; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal)
        .Add("4x4", ["SFFF", "FHFH", "FFFH", "HFFG"])
        .Add("8x8", ["SFFFFFFF", "FFFFFFFF", "FFFHFFFF", "FFFFFHFF", "FFFHFFFF", "FHHFFFHF", "FHFFHFHF", "FFFHFFFG"]);

    /// <summary>Where the player stands: row × columns + column.</summary>
    public int Position { get; private set; }

    /// <inheritdoc/>
    public Space ObservationSpace => _observations;

    /// <inheritdoc/>
    public Space ActionSpace => _actions;

    /// <inheritdoc/>
    public bool CanSaveState => true;

    /// <inheritdoc/>
    public void Reset(RandomStream random, Span<float> observation)
    {
        ArgumentNullException.ThrowIfNull(random);
        _random = random;
        Position = _starts[_starts.Length == 1 ? 0 : random.NextInt32(_starts.Length)];
        observation[0] = Position;
    }

    /// <inheritdoc/>
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        Position = Neighbour(Slip(action.Choice));
        observation[0] = Position;
        return _tiles[Position] switch
        {
            'G' => new(_rewards[0], true),
            'H' => new(_rewards[1], true),
            _ => new(_rewards[2]),
        };
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new State(Position));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random)
    {
        var position = EnvironmentState.Restore<State>(state).Position;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)_tiles.Length, nameof(state));
        (Position, _random) = (position, random);
    }

    /// <summary>The lake of an <c>env_config</c>, whose <c>desc</c> wins over its <c>map_name</c>.</summary>
    internal static FrozenLake Make(ParameterSet config, string mapName)
    {
        IReadOnlyList<string>? map = null;
        if (config.TryGet("desc", out var desc) && desc is not null)
        {
            map = config.Get<string[]>("desc");
        }
        else
        {
            mapName = config.Get("map_name", mapName);
            map = Maps.TryGetValue(mapName, out var known) ? known : throw new ArgumentException($"map_name is '{mapName}'; it must be one of: "
                + $"{string.Join(", ", Maps.Keys)}. Give a map of your own as desc.", nameof(config));
        }

        return new(map, config.Get("is_slippery", true), config.Get("success_rate", DefaultSuccessRate), config.Get<double[]?>("reward_schedule", null));
    }

    // Sideways before and behind in the order of the numbers, as Gymnasium adds up the chances.
    private int Slip(int move)
    {
        if (!_isSlippery)
        {
            return move;
        }

        var luck = _random!.NextDouble();
        var side = (1 - _successRate) / 2;
        return luck < side ? (move + 3) % 4 : luck < side + _successRate ? move : (move + 1) % 4;
    }

    private int Neighbour(int move)
    {
        var (row, column) = Math.DivRem(Position, _columns);
        return move switch
        {
            0 => column > 0 ? Position - 1 : Position,
            1 => row < (_tiles.Length / _columns) - 1 ? Position + _columns : Position,
            2 => column < _columns - 1 ? Position + 1 : Position,
            _ => row > 0 ? Position - _columns : Position,
        };
    }

    private sealed record State(int Position);
}
