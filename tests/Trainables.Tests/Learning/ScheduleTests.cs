using Tuning.Learning;

namespace Tuning.Tests.Learning;

public sealed class ScheduleTests
{
    [Fact]
    public void At_between_points_is_linear_and_constant_outside()
    {
        var schedule = Schedule.Linear([new(100, 1.0), new(200, 0.5), new(400, 0.0)]);

        Assert.Equal(1.0, schedule.At(0));
        Assert.Equal(1.0, schedule.At(100));
        Assert.Equal(0.75, schedule.At(150));
        Assert.Equal(0.5, schedule.At(200));
        Assert.Equal(0.25, schedule.At(300));
        Assert.Equal(0.0, schedule.At(400));
        Assert.Equal(0.0, schedule.At(1_000_000));
        Assert.False(schedule.IsConstant);
    }

    [Fact]
    public void A_number_is_a_constant_schedule()
    {
        Schedule schedule = 3e-4;

        Assert.True(schedule.IsConstant);
        Assert.Equal(3e-4, schedule.At(123));
        Assert.Equal("0.0003", schedule.ToString());
        Assert.Equal(Schedule.Constant(3e-4), schedule);
    }

    [Fact]
    public void Linear_refuses_what_is_no_schedule()
    {
        Assert.Throws<ArgumentException>(() => Schedule.Linear([]));
        Assert.Throws<ArgumentException>(() => Schedule.Linear([new(5, 1), new(5, 2)]));
        Assert.Throws<ArgumentException>(() => Schedule.Linear([new(-1, 1)]));
        Assert.Throws<ArgumentException>(() => Schedule.Linear([new(0, double.NaN)]));
    }

    [Fact]
    public void ToString_of_points_is_a_list()
    {
        Assert.Equal("[[0, 0.001], [100000, 0]]", Schedule.Linear([new(0, 1e-3), new(100_000, 0)]).ToString());
    }
}
