using AgentSystem.Orchestrator.Why;
using CsCheck;

namespace AgentSystem.Tests.Orchestrator.Why;

public sealed class RandomLivesTests
{
    private static readonly Gen<double> Seconds = Gen.Int[0, 20_000].Select(ms => ms / 1000.0);
    private static readonly Gen<Attempt> Attempts =
        Gen.Select(Seconds.Array[4], Gen.Select(Gen.Int[0, 2], Seconds).Array[0, 6], Gen.Bool, (times, calls, released) => new Attempt(times, calls, released));

    [Fact]
    public void The_parts_are_where_the_time_went_whatever_a_task_lives_through() =>
        Gen.Select(Attempts.Array[1, 4], Gen.Int[0, 3]).Sample((attempts, end) =>
        {
            var script = Live(attempts, end, clockAhead: 0);
            ExplanationTests.AssertParts(script, script.Explain());
        }, iter: 2000);

    [Fact]
    public void The_parts_add_up_whatever_was_lost_and_whatever_clocks_say() =>
        Gen.Select(Attempts.Array[1, 4], Gen.Int[0, 4], Gen.Double[-100, 100], Gen.Int[0, 1 << 20]).Sample((attempts, end, ahead, lost) =>
        {
            var given = Live(attempts, end, ahead).Case(kept: span => (lost >> (span.SpanId.GetHashCode(StringComparison.Ordinal) & 15) & 1) == 0);
            if (lost % 7 == 0)
                given = given with { Life = [.. given.Life.Skip(lost % 5)] };
            ExplanationTests.AssertSum(Explanation.Of(given));
        }, iter: 2000);

    private static Script Live(Attempt[] attempts, int end, double clockAhead)
    {
        var script = new Script(clockAhead).Queue(attempts[0].Times[0]);
        foreach (var (i, attempt) in attempts.Index())
        {
            script.Folder(attempt.Times[1], attempt.Times[2]).Start(attempt.Times[3]);
            foreach (var (kind, seconds) in attempt.Calls)
                _ = kind switch { 0 => script.Agent(seconds), 1 => script.Model(seconds), _ => script.Tool(seconds) };
            if (i < attempts.Length - 1)
                _ = attempt.Released ? script.Release() : script.FailAndWait(attempt.Times[0]).Queue(attempt.Times[2]);
        }
        return end switch
        {
            0 => script.Complete(attempts[0].Times[3]),
            1 => script.Die(attempts[0].Times[3]),
            2 => script.Complete(0),
            3 => script.Die(),
            _ => script.Cancel(),
        };
    }

    private sealed record Attempt(double[] Times, (int Kind, double Seconds)[] Calls, bool Released);
}
