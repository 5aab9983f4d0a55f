namespace Tuning.Learning;

/// <summary>The rows of a replay buffer, in pieces of memory that are taken as the buffer fills.</summary>
internal sealed class ReplayRows(int capacity, int observationSize, int actionSize)
{
    private const int Shift = 12;
    private const int Length = 1 << Shift;
    private readonly List<Piece> _pieces = [];

    /// <summary>The observation that a row's action answers.</summary>
    public Span<float> Observation(int row) => _pieces[row >> Shift].Observations.AsSpan((row & (Length - 1)) * observationSize, observationSize);

    /// <summary>A row's action.</summary>
    public Span<float> Action(int row) => _pieces[row >> Shift].Actions.AsSpan((row & (Length - 1)) * actionSize, actionSize);

    /// <summary>A row's reward.</summary>
    public ref float Reward(int row) => ref _pieces[row >> Shift].Rewards[row & (Length - 1)];

    /// <summary>What follows a row.</summary>
    public ref int Next(int row) => ref _pieces[row >> Shift].Next[row & (Length - 1)];

    /// <summary>Takes memory for a row, if there is none yet.</summary>
    public void Reserve(int row)
    {
        while (row >> Shift >= _pieces.Count)
        {
            var rows = Math.Min(Length, capacity - (_pieces.Count << Shift));
            _pieces.Add(new(new float[rows * observationSize], new float[rows * actionSize], new float[rows], new int[rows]));
        }
    }

    /// <summary>Gives all memory back.</summary>
    public void Clear() => _pieces.Clear();

    private sealed record Piece(float[] Observations, float[] Actions, float[] Rewards, int[] Next);
}
