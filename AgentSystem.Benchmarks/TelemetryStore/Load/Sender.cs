using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace AgentSystem.Benchmarks.TelemetryStore.Load;

/// <summary>What was sent and acknowledged.</summary>
/// <param name="Items">Spans or lines that the store acknowledged.</param>
/// <param name="Next">The number of the first one that was not sent.</param>
/// <param name="Elapsed">From the first request until the last acknowledgement.</param>
/// <param name="Busy">How often the store asked to come again later.</param>
internal sealed record Sent(long Items, long Next, TimeSpan Elapsed, int Busy)
{
    internal double PerSecond => Items / Elapsed.TotalSeconds;
}

/// <summary>Sends as fast as the store acknowledges, over a few connections at once.</summary>
internal static class Sender
{
    private const int Connections = 4;

    /// <summary>Sends items until there are enough of them or the time is over, and one step on each connection at least.</summary>
    /// <param name="url">OTLP's address for HTTP.</param>
    /// <param name="apiKey">The store's key.</param>
    /// <param name="newLoad">Makes the load of a sender.</param>
    /// <param name="first">The first item's number.</param>
    /// <param name="items">How many items at most; rounded up to whole steps.</param>
    /// <param name="time">How long at most.</param>
    /// <exception cref="InvalidOperationException">The store refused something for good.</exception>
    internal static async Task<Sent> SendAsync(Uri url, string apiKey, Func<ILoad> newLoad, long first, long items, TimeSpan time)
    {
        var all = Enumerable.Range(0, Connections).Select(_ => newLoad()).ToList();
        var (next, acknowledged, busy) = (first, 0L, 0);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(all.Select(load => Task.Run(() => RunAsync(load))));
        return new(acknowledged, next, Stopwatch.GetElapsedTime(began), busy);

        async Task RunAsync(ILoad load)
        {
            using var http = new HttpClient { BaseAddress = url };
            http.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
            // The first step is sent however long a busy machine took to come here: a rate of nothing measures nothing.
            for (var isFirst = true; isFirst || Stopwatch.GetElapsedTime(began) < time; isFirst = false)
            {
                var from = Interlocked.Add(ref next, load.Step) - load.Step;
                if (from - first >= items)
                {
                    Interlocked.Add(ref next, -load.Step);
                    return;
                }
                foreach (var (body, count) in load.Requests(from))
                {
                    while (!await PostAsync(http, load.Path, body))
                        Interlocked.Increment(ref busy);
                    Interlocked.Add(ref acknowledged, count);
                }
            }
        }
    }

    // False when the store is busy, once the time it asked for is over.
    private static async Task<bool> PostAsync(HttpClient http, string path, ReadOnlyMemory<byte> body)
    {
        using var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
            return false;
        }
        var answer = await response.Content.ReadAsByteArrayAsync();
        // An answer with something in it is a partial success.
        return response.IsSuccessStatusCode && answer.Length == 0
            ? true
            : throw new InvalidOperationException($"The store answered {path} with {(int)response.StatusCode}: {Encoding.UTF8.GetString(answer)}");
    }
}
