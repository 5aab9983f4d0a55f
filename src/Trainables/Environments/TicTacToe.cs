using System.Numerics;

namespace Tuning.Environments;

/// <summary><c>TicTacToe</c>: two agents, <c>x</c> and <c>o</c>, mark fields of a 3×3 board in turn; three in a row win.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>Observation</term><description><c>Box</c> of 9 in ±1, row by row, from the player's own side: 1 its own mark, -1 the other's, 0
/// free.</description></item>
/// <item><term>Action</term><description><c>Discrete(9)</c>: the field to mark.</description></item>
/// <item><term>Reward</term><description>1 for who wins, -1 for who loses, 0 for both at a draw.</description></item>
/// <item><term>Illegal move</term><description>Marking a field that is taken ends the game: -1 for who did it, 0 for the other one, so that nobody learns to
/// wait for the other's faults.</description></item>
/// <item><term>Start</term><description><c>x</c> begins on an empty board. Only the agent whose turn it is sees the board.</description></item>
/// <item><term>End</term><description>Terminated for both, with a last look at the board.</description></item>
/// </list>
/// </remarks>
public sealed class TicTacToe : IMultiAgentEnvironment
{
    private const int Full = 0b111_111_111;

    private static readonly string[] _agents = ["x", "o"];
    private static readonly Box _observations = new(-1, 1, 9);
    private static readonly Discrete _actions = new(9);
    private static readonly int[] _rows = [0b111, 0b111_000, 0b111_000_000, 0b1_001_001, 0b10_010_010, 0b100_100_100, 0b100_010_001, 0b1_010_100];

    // A bit per field.
    private readonly int[] _marks = new int[2];

    /// <inheritdoc/>
    public IReadOnlyList<string> Agents => _agents;

    /// <inheritdoc/>
    public bool CanSaveState => true;

    // Whose turn it is follows from how many marks there are.
    private int Turn => BitOperations.PopCount((uint)_marks[0]) == BitOperations.PopCount((uint)_marks[1]) ? 0 : 1;

    /// <inheritdoc/>
    public Space ObservationSpace(int agent) => _observations;

    /// <inheritdoc/>
    public Space ActionSpace(int agent) => _actions;

    /// <inheritdoc/>
    public void Reset(RandomStream random, MultiAgentStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        (_marks[0], _marks[1]) = (0, 0);
        Show(0, step);
    }

    /// <inheritdoc/>
    public void Step(MultiAgentStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (player, other) = (Turn, 1 - Turn);
        var field = 1 << step.Action(player).Choice;
        if (((_marks[0] | _marks[1]) & field) != 0)
        {
            step.AddReward(player, -1);
            End(step);
            return;
        }

        _marks[player] |= field;
        if (Wins(_marks[player]))
        {
            step.AddReward(player, 1);
            step.AddReward(other, -1);
            End(step);
        }
        else if ((_marks[0] | _marks[1]) == Full)
        {
            End(step);
        }
        else
        {
            Show(other, step);
        }
    }

    /// <inheritdoc/>
    public JsonElement SaveState() => EnvironmentState.Save(new State(_marks[0], _marks[1]));

    /// <inheritdoc/>
    public void RestoreState(JsonElement state, RandomStream random) => (_marks[0], _marks[1]) = EnvironmentState.Restore<State>(state);

    private static bool Wins(int marks)
    {
        foreach (var row in _rows)
        {
            if ((marks & row) == row)
            {
                return true;
            }
        }

        return false;
    }

    private void End(MultiAgentStep step)
    {
        Show(0, step);
        Show(1, step);
        step.TerminateAll();
    }

    private void Show(int player, MultiAgentStep step)
    {
        var observation = step.Observe(player);
        for (var i = 0; i < observation.Length; i++)
        {
            observation[i] = ((_marks[player] >> i) & 1) - ((_marks[1 - player] >> i) & 1);
        }
    }

    private sealed record State(int X, int O);
}
