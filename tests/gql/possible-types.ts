
      export type PossibleTypesResultData = {
  "possibleTypes": {
    "CastVoteResult": [
      "AlreadyVoted",
      "OwnVideo",
      "TooManyAttempts",
      "Video",
      "VideoNotPublished",
      "VoteLimitReached",
      "VotingClosed"
    ],
    "CloseContestResult": [
      "Contest",
      "InvalidInput"
    ],
    "CompleteUploadResult": [
      "DirectUploadUnavailable",
      "FileTooLarge",
      "IdempotencyKeyReused",
      "InvalidInput",
      "UnsupportedFile",
      "UploadNotFound",
      "Video"
    ],
    "CreateUploadResult": [
      "DirectUpload",
      "DirectUploadUnavailable",
      "FileTooLarge",
      "InvalidInput"
    ],
    "DeleteVideoResult": [
      "DeletedVideo",
      "VideoIsPublished",
      "VideoNotFound"
    ],
    "Error": [
      "AlreadyVoted",
      "BadCredentials",
      "DirectUploadUnavailable",
      "EmailTaken",
      "FileTooLarge",
      "IdempotencyKeyReused",
      "InvalidInput",
      "NotVoted",
      "OwnVideo",
      "SessionExpired",
      "TooManyAttempts",
      "UnsupportedFile",
      "UploadNotFound",
      "VideoIsPublished",
      "VideoNotFailed",
      "VideoNotFound",
      "VideoNotPublished",
      "VoteLimitReached",
      "VotingClosed"
    ],
    "HideVideoResult": [
      "InvalidInput",
      "Video",
      "VideoNotFound"
    ],
    "LogInResult": [
      "BadCredentials",
      "Session",
      "TooManyAttempts"
    ],
    "LogOutResult": [
      "LoggedOut"
    ],
    "Node": [
      "Player",
      "Video"
    ],
    "RefreshSessionResult": [
      "Session",
      "SessionExpired"
    ],
    "RequeueVideoResult": [
      "InvalidInput",
      "Video",
      "VideoNotFailed",
      "VideoNotFound"
    ],
    "RestoreVideoResult": [
      "InvalidInput",
      "Video",
      "VideoNotFound"
    ],
    "SignUpResult": [
      "EmailTaken",
      "InvalidInput",
      "Session",
      "TooManyAttempts"
    ],
    "UpdateProfileResult": [
      "InvalidInput",
      "Player"
    ],
    "UploadVideoResult": [
      "FileTooLarge",
      "IdempotencyKeyReused",
      "InvalidInput",
      "UnsupportedFile",
      "Video"
    ],
    "WithdrawVoteResult": [
      "NotVoted",
      "TooManyAttempts",
      "Video",
      "VoteWithdrawn",
      "VotingClosed"
    ]
  }
};
      const result: PossibleTypesResultData = {
  "possibleTypes": {
    "CastVoteResult": [
      "AlreadyVoted",
      "OwnVideo",
      "TooManyAttempts",
      "Video",
      "VideoNotPublished",
      "VoteLimitReached",
      "VotingClosed"
    ],
    "CloseContestResult": [
      "Contest",
      "InvalidInput"
    ],
    "CompleteUploadResult": [
      "DirectUploadUnavailable",
      "FileTooLarge",
      "IdempotencyKeyReused",
      "InvalidInput",
      "UnsupportedFile",
      "UploadNotFound",
      "Video"
    ],
    "CreateUploadResult": [
      "DirectUpload",
      "DirectUploadUnavailable",
      "FileTooLarge",
      "InvalidInput"
    ],
    "DeleteVideoResult": [
      "DeletedVideo",
      "VideoIsPublished",
      "VideoNotFound"
    ],
    "Error": [
      "AlreadyVoted",
      "BadCredentials",
      "DirectUploadUnavailable",
      "EmailTaken",
      "FileTooLarge",
      "IdempotencyKeyReused",
      "InvalidInput",
      "NotVoted",
      "OwnVideo",
      "SessionExpired",
      "TooManyAttempts",
      "UnsupportedFile",
      "UploadNotFound",
      "VideoIsPublished",
      "VideoNotFailed",
      "VideoNotFound",
      "VideoNotPublished",
      "VoteLimitReached",
      "VotingClosed"
    ],
    "HideVideoResult": [
      "InvalidInput",
      "Video",
      "VideoNotFound"
    ],
    "LogInResult": [
      "BadCredentials",
      "Session",
      "TooManyAttempts"
    ],
    "LogOutResult": [
      "LoggedOut"
    ],
    "Node": [
      "Player",
      "Video"
    ],
    "RefreshSessionResult": [
      "Session",
      "SessionExpired"
    ],
    "RequeueVideoResult": [
      "InvalidInput",
      "Video",
      "VideoNotFailed",
      "VideoNotFound"
    ],
    "RestoreVideoResult": [
      "InvalidInput",
      "Video",
      "VideoNotFound"
    ],
    "SignUpResult": [
      "EmailTaken",
      "InvalidInput",
      "Session",
      "TooManyAttempts"
    ],
    "UpdateProfileResult": [
      "InvalidInput",
      "Player"
    ],
    "UploadVideoResult": [
      "FileTooLarge",
      "IdempotencyKeyReused",
      "InvalidInput",
      "UnsupportedFile",
      "Video"
    ],
    "WithdrawVoteResult": [
      "NotVoted",
      "TooManyAttempts",
      "Video",
      "VoteWithdrawn",
      "VotingClosed"
    ]
  }
};
      export default result;
    