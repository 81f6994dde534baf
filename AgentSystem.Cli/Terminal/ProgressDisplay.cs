using Spectre.Console;

namespace AgentSystem.Cli.Terminal;

/// <summary>How far a piece of work is, on standard error: a bar for people at a terminal, now and then a line for everybody else.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Shows progress until <paramref name="work"/> has ended, however it ends.</summary>
    public static async Task ShowAsync(Output output, TimeProvider time, Task work, int total, Func<(int Settled, double Done)> read)
    {
        if (!output.Messages.Profile.Capabilities.Interactive)
        {
            var last = -1;
            while (!await EndedAsync(work, LineInterval, time))
            {
                var settled = read().Settled;
                if (settled != last)
                    output.Note($"{settled} of {total} settled.");
                last = settled;
            }
            return;
        }

        await output.Messages.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask($"0 of {total} settled", maxValue: total);
                while (!await EndedAsync(work, BarInterval, time))
                {
                    var (settled, done) = read();
                    bar.Description = $"{settled} of {total} settled";
                    bar.Value = done;
                }
            });
    }

    private static async Task<bool> EndedAsync(Task work, TimeSpan interval, TimeProvider time)
    {
        using var stop = new CancellationTokenSource();
        await Task.WhenAny(work, Task.Delay(interval, time, stop.Token));
        await stop.CancelAsync();
        return work.IsCompleted;
    }
}
