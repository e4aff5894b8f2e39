<?php
// A receiver of Tencent IM callbacks in plain PHP: TOKEN=… php -S 127.0.0.1:3000 receiver.php

function isGenuine(array $query): bool
{
    $at = $query['RequestTime'] ?? '';
    $sign = hash('sha256', getenv('TOKEN') . $at);
    return abs(time() - (int) $at) < 60 && hash_equals($sign, $query['Sign'] ?? '');
}

function handle(string $command, array $body, string $id): array
{
    if ($command === 'Group.CallbackBeforeSendMsg' && str_contains(json_encode($body['MsgBody']), 'casino')) {
        return ['ActionStatus' => 'OK', 'ErrorInfo' => 'not here', 'ErrorCode' => 10100];
    }
    // The same id may come again: remember it with what you do.
    error_log("$command $id " . ($body['GroupId'] ?? ''));
    return ['ActionStatus' => 'OK', 'ErrorInfo' => '', 'ErrorCode' => 0];
}

header('Content-Type: application/json');
if (!isGenuine($_GET)) {
    http_response_code(401);
    exit('{"ActionStatus":"FAIL","ErrorInfo":"Sign","ErrorCode":401}');
}
$body = json_decode(file_get_contents('php://input'), true);
echo json_encode(handle($_GET['CallbackCommand'], $body, $_GET['RequestID']));
