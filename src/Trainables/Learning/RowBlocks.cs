namespace Tuning.Learning;

/// <summary>
/// How a minibatch is cut into blocks of rows: by its size only, so that results do not depend on who computes which block. All blocks but the last are
/// <see cref="Length"/> long, a multiple of 16.
/// </summary>
internal readonly record struct RowBlocks(int Count, int Length)
{
    private const int RowsPerBlock = 64;
    private const int MaxBlocks = 8;

    /// <summary>The blocks of so many rows.</summary>
    public static RowBlocks Of(int rows)
    {
        var length = DenseNetwork.Pad(Quotient(rows, Parts(rows)));
        return new(Quotient(rows, length), length);
    }

    /// <summary>The most blocks, and the longest, of any minibatch of 1 to <paramref name="maxRows"/> rows: fewer rows can make longer blocks, 64 one of 64 and
    /// 80 two of 48.</summary>
    public static RowBlocks Capacity(int maxRows) => new(
        Parts(maxRows), DenseNetwork.Pad(Math.Max(Math.Min(maxRows, RowsPerBlock), Quotient(maxRows, MaxBlocks))));

    private static int Parts(int rows) => Math.Clamp(Quotient(rows, RowsPerBlock), 1, MaxBlocks);

    private static int Quotient(int rows, int parts) => (rows + parts - 1) / parts;
}
