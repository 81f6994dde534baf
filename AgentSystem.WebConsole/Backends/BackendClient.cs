using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentSystem.WebConsole.Backends;

/// <summary>
/// Asks one backend, and turns whatever goes wrong into a <see cref="Problem"/>: a page never sees an exception of a backend.
/// Areas that need more of a backend's API than its client has add it as extension methods on <see cref="GetAsync"/>.
/// </summary>
public abstract class BackendClient(Backend backend, IHttpClientFactory clients, BackendHealth health, TimeProvider time)
{
    // What somebody waits for is small; what is not must not fill the memory.
    private const int MaxErrorText = 400;

    /// <summary>Who is asked.</summary>
    public Backend Backend => backend;

    /// <summary>The address, with a slash at its end; null when this run has no such backend.</summary>
    public Uri? Address
    {
        get
        {
            using var http = clients.CreateClient(backend.ToString());
            return http.BaseAddress;
        }
    }

    /// <summary>Reads something.</summary>
    /// <param name="path">The path below the address, without a slash at its beginning, with its query.</param>
    /// <param name="type">How the answer is read.</param>
    /// <param name="cancellationToken">Ends the request; the only thing that is thrown for.</param>
    public Task<Answer<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, path, null, type, cancellationToken);

    /// <summary>Sends something and reads the answer.</summary>
    protected Task<Answer<T>> SendAsync<T>(
        HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(method, path, body, async (content, token) =>
        {
            await using var stream = await content.ReadAsStreamAsync(token);
            return await JsonSerializer.DeserializeAsync(stream, type, token);
        }, null, cancellationToken);

    /// <summary>Sends something and reads an answer that need not be JSON.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below the address, with its query.</param>
    /// <param name="body">What is sent, or null.</param>
    /// <param name="read">Reads the body of a success.</param>
    /// <param name="patience">How long the whole answer may take, when it is not as long as usual.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    // The whole answer first, body included: so the client's limits of time and size hold for all of it.
    protected Task<Answer<T>> SendAsync<T>(
        HttpMethod method, string path, HttpContent? body, Func<HttpContent, CancellationToken, Task<T?>> read, TimeSpan? patience,
        CancellationToken cancellationToken) =>
        SendAsync(method, path, body, read, patience, HttpCompletionOption.ResponseContentRead, cancellationToken);

    /// <summary>Reads an answer that comes bit by bit and has no end; only its beginning has to come in time.</summary>
    protected Task<Answer<T>> FollowAsync<T>(string path, Func<HttpContent, CancellationToken, Task<T?>> read, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, read, null, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    private async Task<Answer<T>> SendAsync<T>(
        HttpMethod method, string path, HttpContent? body, Func<HttpContent, CancellationToken, Task<T?>> read, TimeSpan? patience,
        HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        using var http = clients.CreateClient(backend.ToString());
        http.Timeout = patience ?? http.Timeout;
        if (http.BaseAddress is null)
            return new Problem(backend, ProblemKind.NotConfigured, $"This run has none: {backend.Setting()} is not set.", time.GetUtcNow());
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
            using var response = await http.SendAsync(request, completion, cancellationToken);
            if (response.StatusCode >= HttpStatusCode.InternalServerError)
                return Down(await ErrorTextAsync(response, http.Timeout, cancellationToken));
            if (!response.IsSuccessStatusCode)
            {
                health.Answered(backend);
                var kind = response.StatusCode == HttpStatusCode.NotFound ? ProblemKind.NotFound : ProblemKind.Refused;
                return new Problem(backend, kind, await ErrorTextAsync(response, http.Timeout, cancellationToken), time.GetUtcNow());
            }
            var value = await read(response.Content, cancellationToken);
            health.Answered(backend);
            return value is null ? Down("It answered with nothing.") : (Answer<T>)value;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Down($"No answer within {http.Timeout.TotalSeconds:0} s.");
        }
        catch (HttpRequestException e)
        {
            return Down(e.HttpRequestError == HttpRequestError.ConnectionError ? $"Nobody listens at {http.BaseAddress.Authority}." : (e.InnerException ?? e).Message);
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidOperationException)
        {
            return Down($"Its answer cannot be read: {e.Message}");
        }
    }

    /// <summary>What is wrong, said by the backend in a body that is no success; the default is its text or its status.</summary>
    protected virtual string ReadError(string body) => body;

    /// <summary>A question that the backend answered, and that is mistaken nevertheless.</summary>
    protected Problem Refuse(string text) => new(backend, ProblemKind.Refused, text, time.GetUtcNow());

    private Problem Down(string text) => new(backend, ProblemKind.Down, text, health.Failed(backend));

    private async Task<string> ErrorTextAsync(HttpResponseMessage response, TimeSpan patience, CancellationToken cancellationToken)
    {
        // An error has an end, also in answer to who wanted to follow.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        var body = (await response.Content.ReadAsStringAsync(limit.Token)).Trim();
        var text = body.Length == 0 ? "" : ReadError(body).Trim();
        if (text.Length == 0 || text.StartsWith('<'))
            text = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        return text.Length <= MaxErrorText ? text : text[..MaxErrorText] + "…";
    }
}
