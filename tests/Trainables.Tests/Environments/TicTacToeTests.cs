using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

public sealed class TicTacToeTests
{
    [Fact]
    public void Agents_move_in_turn_and_see_the_board_from_their_own_side()
    {
        using var game = new TicTacToe();
        var step = game.Start(new RandomStream(0));
        Assert.True(step.ActsNext(0));
        Assert.False(step.ActsNext(1));
        Assert.Equal(new float[9], step.Observation(0).ToArray());

        Move(game, step, 0, 4);
        Assert.False(step.ActsNext(0));
        Assert.True(step.ActsNext(1));
        Assert.Equal([0, 0, 0, 0, -1, 0, 0, 0, 0], step.Observation(1).ToArray());

        Move(game, step, 1, 8);
        Assert.Equal([0, 0, 0, 0, 1, 0, 0, 0, -1], step.Observation(0).ToArray());
        Assert.False(step.Done);
    }

    [Theory]
    [InlineData(new[] { 0, 3, 1, 4, 2 }, 1, -1)]
    [InlineData(new[] { 0, 2, 3, 4, 8, 6 }, -1, 1)]
    [InlineData(new[] { 0, 1, 4, 2, 8 }, 1, -1)]
    [InlineData(new[] { 1, 0, 4, 2, 7 }, 1, -1)]
    [InlineData(new[] { 0, 1, 2, 4, 3, 5, 7, 6, 8 }, 0, 0)]
    [InlineData(new[] { 4, 4 }, 0, -1)]
    [InlineData(new[] { 4, 0, 0 }, -1, 0)]
    public void Game_ends_with_a_row_a_full_board_or_an_illegal_move(int[] moves, double x, double o)
    {
        using var game = new TicTacToe();
        var step = game.Start(new RandomStream(0));
        for (var t = 0; t < moves.Length; t++)
        {
            Assert.False(step.Done);
            Move(game, step, t % 2, moves[t]);
        }

        Assert.True(step.AllTerminated);
        Assert.Equal((x, o), (step.Reward(0), step.Reward(1)));
        Assert.True(step.IsObserved(0) && step.IsObserved(1));
    }

    private static void Move(TicTacToe game, MultiAgentStep step, int player, int field)
    {
        step.SetAction(player, field);
        game.Advance(step);
    }
}
