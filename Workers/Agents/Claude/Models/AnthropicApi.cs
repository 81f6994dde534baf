using System.Text.Json;
using AgentSystem.Workers.Configuration;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Microsoft.Extensions.Options;

namespace AgentSystem.Workers.Agents.Claude.Models;

/// <summary>One attempt at a call of the Messages API, through Anthropic's own client. It tries nothing again: that is done above it.</summary>
public sealed class AnthropicApi(IHttpClientFactory clients, IOptions<ClaudeOptions> options, TimeProvider time)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "anthropic";

    private static readonly Dictionary<string, JsonElement> Nothing = [];
    private readonly ClaudeOptions _options = options.Value;

    /// <summary>Sends <paramref name="request"/> and has <paramref name="answer"/> grow with each event of the stream.</summary>
    /// <exception cref="ModelException">There is no answer, or not a whole one.</exception>
    public async Task StreamAsync(ModelRequest request, StreamedAnswer answer, CancellationToken cancellation)
    {
        // The key goes with the SDK and no further: it is in no default header of the HTTP client, whose requests are traced.
        var client = new AnthropicClient(new ClientOptions
        {
            ApiKey = _options.ApiKey,
            BaseUrl = _options.BaseUrl,
            HttpClient = clients.CreateClient(Client),
            MaxRetries = 0,
            // Only a net below the attempt's own time: were they equal, the SDK's would sometimes win, and look like a cancellation.
            Timeout = _options.AttemptTimeout + TimeSpan.FromMinutes(1),
        });
        using var silence = new CancellationTokenSource(_options.IdleTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
        try
        {
            var events = client.Messages.CreateStreaming(MessageCreateParams.FromRawUnchecked(Nothing, Nothing, request.ToBody()), either.Token);
            await foreach (var e in events.WithCancellation(either.Token))
            {
                silence.CancelAfter(_options.IdleTimeout);
                answer.Apply(e.Json, time.GetTimestamp());
            }
        }
        catch (Exception e) when (cancellation.IsCancellationRequested && e is not ModelException)
        {
            // Whatever the connection says as it is torn down.
            throw new OperationCanceledException(e.Message, e, cancellation);
        }
        catch (Exception) when (silence.IsCancellationRequested)
        {
            throw new ModelException(ModelErrorKind.Timeout, $"The API said nothing for {_options.IdleTimeout.TotalSeconds:0.###} s.");
        }
        catch (OperationCanceledException e)
        {
            // The HTTP client's way of saying that it found nobody in time: a cancellation with a TimeoutException in it.
            throw new ModelException(ModelErrorKind.Network, $"{_options.BaseUrl} cannot be reached: {(e.InnerException ?? e).Message}", e)
            {
                IsFree = e.InnerException is TimeoutException,
            };
        }
        catch (Exception e) when (e is not ModelException && Find<ModelException>(e) is { } known)
        {
            throw known;
        }
        catch (AnthropicSseException e)
        {
            throw new ModelException(ModelErrorKinds.OfType(e.Type?.Raw()), $"The API broke off its answer: {e.ApiMessage ?? e.Message}", e);
        }
        catch (Exception e) when (Find<HttpRequestException>(e) is not null || Find<IOException>(e) is not null)
        {
            throw new ModelException(ModelErrorKind.Network, $"The connection to {_options.BaseUrl} failed: {e.Message}", e)
            {
                IsFree = Find<HttpRequestException>(e)?.HttpRequestError
                    is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
            };
        }
        if (!answer.IsComplete)
            throw new ModelException(ModelErrorKind.Network, "The API's answer ends in the middle.");
    }

    private static T? Find<T>(Exception? e) where T : Exception
    {
        for (; e is not null; e = e.InnerException)
            if (e is T found)
                return found;
        return null;
    }
}

/// <summary>
/// Turns the API's refusals into a <see cref="ModelException"/> while their headers are there: the SDK's exceptions have no Retry-After.
/// </summary>
internal sealed class RefusalHandler(TimeProvider time) : DelegatingHandler
{
    private const int LongestMessage = 500;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var status = (int)response.StatusCode;
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            var after = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - time.GetUtcNow() : null;
            throw new ModelException(ModelErrorKinds.OfStatus(status), $"The API answered {status}: {Message(text)}")
            {
                IsFree = true,
                RetryAfter = after < TimeSpan.Zero ? TimeSpan.Zero : after,
            };
        }
    }

    // {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}
    private static string Message(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var error = document.RootElement.GetProperty("error");
            body = $"{error.GetProperty("message").GetString()} ({error.GetProperty("type").GetString()})";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
        }
        return body.Length <= LongestMessage ? body : body[..LongestMessage] + "…";
    }
}
